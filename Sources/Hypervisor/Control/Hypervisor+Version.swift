import Flask

extension Hypervisor {
    /// The version whose interface this is.
    private static let version: (major: UInt32, minor: UInt32) = (4, 17)

    /// The `xen_version` hypercall (Xen, xen/common/kernel.c). Throws `EPERM` for what is denied and has no text, `EFAULT`,
    /// and `ENOSYS` for what is not known.
    func version(_ number: UInt32, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        guard let command = VersionCommand(rawValue: number) else { throw .notImplemented }
        var isDenied = false
        do throws(XenErrorNumber) {
            try hooks.version(command, caller)
        } catch {
            isDenied = true
        }
        switch command {
        case .version: return Int64(Self.version.major << 16 | Self.version.minor)
        case .extraVersion: try give(isDenied, ".0-xsm", size: 16, at: address, caller)
        case .compileInfo: try giveCompileInfo(isDenied, at: address, caller)
        case .capabilities:
            try give(isDenied, "xen-3.0-x86_64 hvm-3.0-x86_32 hvm-3.0-x86_32p hvm-3.0-x86_64 ", size: 1_024, at: address, caller)
        case .changeset: try give(isDenied, "unavailable", size: 64, at: address, caller)
        case .platformParameters:
            var answer = ABIStructure(size: 8)
            answer.set(0xffff_8000_0000_0000 as UInt64, at: 0)
            try caller.memory.put(answer, at: address)
        case .features: try giveFeatures(at: address, caller)
        case .pageSize:
            guard !isDenied else { return 0 }
            return 4_096
        case .guestHandle:
            let handle = try with(caller.domain) { (state) throws(XenErrorNumber) in state.handle }
            try caller.memory.put(ABIStructure(isDenied ? [UInt8](repeating: 0, count: 16) : handle), at: address)
        case .commandLine: try give(isDenied, configuration.commandLine, size: 1_024, at: address, caller)
        case .buildID:
            guard !isDenied else { throw .operationNotPermitted }
            throw .noData
        }
        return 0
    }

    /// Text in a field of a fixed size, with a zero byte behind it.
    private func field(_ isDenied: Bool, _ text: String, size: Int) -> [UInt8] {
        let bytes = Array((isDenied ? "<denied>" : text).utf8.prefix(size - 1))
        return bytes + [UInt8](repeating: 0, count: size - bytes.count)
    }

    private func give(
        _ isDenied: Bool, _ text: String, size: Int, at address: UInt64, _ caller: Caller
    ) throws(XenErrorNumber) {
        try caller.memory.put(ABIStructure(field(isDenied, text, size: size)), at: address)
    }

    private func giveCompileInfo(_ isDenied: Bool, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        let info =
            field(isDenied, "Swift", size: 64) + field(isDenied, "xsm", size: 16) + field(isDenied, "", size: 32)
            + field(isDenied, "", size: 32)
        try caller.memory.put(ABIStructure(info), at: address)
    }

    /// `XENFEAT_*`: page tables are the hypervisor's for guests that it runs in hardware; dom0 is one that may map memory by
    /// frame numbers.
    private func giveFeatures(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        var answer = try caller.memory.structure(8, at: address)
        guard answer.word32(at: 0) == 0 else { throw .invalidArgument }
        let isHVM = try with(caller.domain) { (state) throws(XenErrorNumber) in state.isHVM }
        // Memory at addresses of the guest's choice, callback vectors, clock and interrupts by event channels; dom0.
        var features: UInt32 = isHVM ? 1 << 2 | 1 << 8 | 1 << 9 | 1 << 10 : 1 << 0 | 1 << 5
        if caller.domain.isControl { features |= 1 << 11 }
        answer.set(features, at: 4)
        try caller.memory.put(answer, at: address)
    }
}
