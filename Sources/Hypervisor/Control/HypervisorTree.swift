import Flask

/// The hypervisor's file system: what is built in, the pools of processors, and parameters that can be changed while it runs
/// (Xen, xen/common/hypfs.c; layout of entries: xen/include/public/hypfs.h).
struct HypervisorTree: Sendable {
    /// What lies under a path.
    indirect enum Node: Sendable {
        case directory([(name: String, node: Node)])
        case file(kind: UInt8, content: [UInt8], maximumSize: UInt32)

        var isDirectory: Bool { if case .directory = self { true } else { false } }

        /// As `struct xen_hypfs_direntry` counts it.
        var content: [UInt8] {
            switch self {
            case .file(_, let content, _): return content
            case .directory(let entries):
                var bytes: [UInt8] = []
                for (index, entry) in entries.enumerated() {
                    let name = Array(entry.name.utf8)
                    let size = HypervisorTree.entrySize(name.count)
                    let next = index == entries.count - 1 ? 0 : UInt16(truncatingIfNeeded: size)
                    var head = ABIStructure(size: 16)
                    head.set(entry.node.header, at: 0)
                    head.set(next, at: 12)
                    bytes += Array(head.bytes[..<14]) + name
                    bytes += [UInt8](repeating: 0, count: size - 14 - name.count)
                }
                return bytes
            }
        }

        /// `struct xen_hypfs_direntry`.
        var header: [UInt8] {
            var header = ABIStructure(size: 12)
            var limit: UInt32 = 0
            if case .file(let kind, _, let maximumSize) = self {
                header.set(kind, at: 0)
                limit = maximumSize
            }
            header.set(UInt32(content.count), at: 4)
            header.set(limit, at: 8)
            return header.bytes
        }
    }

    /// An entry of a directory with its name and a zero byte, as a multiple of its alignment.
    private static func entrySize(_ name: Int) -> Int { (14 + name + 1 + 3) & ~3 }

    let root: Node

    init(_ machine: Machine) {
        let parameters = machine.parameters.values.sorted { $0.key < $1.key }.map { ($0.key, $0.value.node) }
        let pools = machine.pools.pools.map { pool in
            (String(pool.number), Node.directory([("sched-gran", .text("cpu", maximumSize: 7))]))
        }
        let version = Node.directory([
            ("extra", .text(".0-xsm")), ("major", .number(4)), ("minor", .number(17)),
        ])
        root = .directory([
            ("buildinfo", .directory([("changeset", .text("unavailable")), ("version", version)])),
            ("cpupool", .directory(pools)), ("params", .directory(parameters)),
        ])
    }

    /// Throws `EINVAL` for a path that is none, and `ENOENT`.
    func node(at path: String) throws(XenErrorNumber) -> Node {
        guard path.utf8.first == UInt8(ascii: "/") else { throw .invalidArgument }
        guard path.utf8.count > 1 else { return root }
        var node = root
        for part in path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard case .directory(let entries) = node,
                let entry = entries.first(where: { $0.name.utf8.elementsEqual(part) })
            else { throw .noEntry }
            node = entry.node
        }
        return node
    }
}

extension HypervisorTree.Node {
    fileprivate static func text(_ text: String, maximumSize: UInt32 = 0) -> Self {
        .file(kind: 2, content: Array(text.utf8) + [0], maximumSize: maximumSize)
    }

    fileprivate static func number(_ value: UInt32) -> Self {
        var word = ABIStructure(size: 4)
        word.set(value, at: 0)
        return .file(kind: 3, content: word.bytes, maximumSize: 0)
    }
}

extension HypervisorParameters.Value {
    /// A number is told as text, as parameters of Xen that have a function of their own are.
    var node: HypervisorTree.Node {
        switch self {
        case .text(let text, let size): .file(kind: 2, content: text + [0], maximumSize: size)
        case .number(let value, _): .file(kind: 2, content: Array(String(value).utf8) + [0], maximumSize: 11)
        case .boolean(let value): .file(kind: 5, content: [value ? 1 : 0], maximumSize: 1)
        }
    }

    /// What it is when somebody writes bytes to it. Throws `ENOSPC`, `EDOM` and `EINVAL`.
    func changed(to bytes: [UInt8]) throws(XenErrorNumber) -> Self {
        switch self {
        case .text(_, let size):
            guard bytes.count <= size else { throw .noSpace }
            guard let end = bytes.firstIndex(of: 0), end == bytes.count - 1 else { throw .invalidArgument }
            return .text(Array(bytes[..<end]), maximumSize: size)
        case .number(_, let limit):
            guard bytes.count <= 64 else { throw .noSpace }
            guard let end = bytes.firstIndex(of: 0), end == bytes.count - 1 else { throw .domainError }
            guard let value = UInt32(String(decoding: bytes[..<end], as: UTF8.self)), value > 0 else { throw .invalidArgument }
            guard value <= limit else { throw .invalidArgument }
            return .number(value, limit: limit)
        case .boolean:
            guard bytes.count == 1 else { throw .domainError }
            return .boolean(bytes[0] != 0)
        }
    }
}
