import Flask
import Synchronization

extension Hypervisor {
    private static let filesystemVersion: Int64 = 1
    private static let maximumPath: UInt64 = 1_024
    /// More than any file has room for.
    private static let maximumWrite: UInt64 = 128

    /// The `hypfs_op` hypercall (Xen, xen/common/hypfs.c: `do_hypfs_op`). What a hook says is `EPERM` here in any case.
    func filesystemOperation(_ arguments: [UInt64], _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        do throws(XenErrorNumber) { try hooks.hypervisorFilesystem(caller) } catch { throw .operationNotPermitted }
        let command = UInt32(truncatingIfNeeded: arguments[0])
        guard command != 0 else {
            guard arguments[1...4].allSatisfy({ $0 == 0 }) else { throw .invalidArgument }
            return Self.filesystemVersion
        }
        guard arguments[2] <= Self.maximumPath else { throw .invalidArgument }
        let text = try caller.memory.structure(Int(arguments[2]), at: arguments[1]).bytes
        guard let end = text.firstIndex(of: 0), end == text.count - 1 else { throw .invalidArgument }
        let path = String(decoding: text[..<end], as: UTF8.self)
        let node = try machine.withLock { (machine) throws(XenErrorNumber) in try HypervisorTree(machine).node(at: path) }
        switch command {
        case 1: try readFile(node, size: arguments[4], at: arguments[3], caller)
        case 2: try writeFile(path, node, size: arguments[4], at: arguments[3], caller)
        default: throw .notSupported
        }
        return 0
    }

    /// What there is first, and then what it holds, if there is room for that.
    private func readFile(
        _ node: HypervisorTree.Node, size: UInt64, at address: UInt64, _ caller: Caller
    ) throws(XenErrorNumber) {
        let header = node.header
        guard size >= header.count else { throw .invalidArgument }
        try caller.memory.put(ABIStructure(header), at: address)
        let content = node.content
        guard size >= header.count + content.count else { throw .noBufferSpace }
        try caller.memory.put(ABIStructure(content), at: address &+ UInt64(header.count))
    }

    private func writeFile(
        _ path: String, _ node: HypervisorTree.Node, size: UInt64, at address: UInt64, _ caller: Caller
    ) throws(XenErrorNumber) {
        guard case .file(_, _, let limit) = node, limit > 0 else { throw .permissionDenied }
        let parts = path.split(separator: "/")
        if parts.count == 3, parts[0] == "cpupool" { return try writeGranularity(parts[1], size, at: address, caller) }
        guard parts.count == 2, parts[0] == "params" else { throw .permissionDenied }
        let name = String(parts[1])
        guard size <= Self.maximumWrite else { throw .noSpace }
        let bytes = try caller.memory.structure(Int(size), at: address).bytes
        try machine.withLock { (machine) throws(XenErrorNumber) in
            guard let value = machine.parameters.values[name] else { throw .noEntry }
            machine.parameters.values[name] = try value.changed(to: bytes)
        }
    }

    /// Cores have one thread: a pool is scheduled by processors, and may be set to that while it has none.
    private func writeGranularity(
        _ pool: Substring, _ size: UInt64, at address: UInt64, _ caller: Caller
    ) throws(XenErrorNumber) {
        guard size <= 7 else { throw .noSpace }
        let bytes = try caller.memory.structure(Int(size), at: address).bytes
        guard ["cpu\0", "core\0", "socket\0"].contains(where: { Array($0.utf8) == bytes }) else { throw .invalidArgument }
        let isUsed = machine.withLock { machine in UInt32(pool).flatMap { machine.pools[$0]?.processors } ?? 0 != 0 }
        guard !isUsed else { throw .busy }
    }
}
