import Flask

extension Hypervisor {
    /// `XEN_DOMCTL_getpageframeinfo3`: what each frame of a list is, which takes the frame's place (Xen, xen/arch/x86/domctl.c).
    /// Throws `E2BIG` for more than 1,024, and `EFAULT`.
    func getPageFrameInfo(_ domain: Domain, _ call: ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        let count = call.word64(at: 16)
        guard count <= 1_024 else { throw .tooBig }
        let list = call.word64(at: 24)
        for index in 0..<count {
            guard let frame = frames(at: list, index, most: 1, caller)?.first else { throw .badAddress }
            let info = try with(domain) { (state) throws(XenErrorNumber) -> UInt64 in
                _ = state.memory.populate(frame)
                // A hole, or what is not the domain's memory.
                guard state.memory.page(at: frame) != nil else { return 0xf << 28 }
                // A table's level, and that it is pinned.
                return state.memory.pinned[frame].map { UInt64($0) << 28 | 1 << 31 } ?? 0
            }
            try put(info, at: list, index, caller)
        }
    }
}
