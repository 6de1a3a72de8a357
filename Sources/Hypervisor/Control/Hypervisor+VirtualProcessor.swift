import Flask

extension Hypervisor {
    /// The `vcpu_op` hypercall: a domain's own processors (Xen, xen/common/domain.c: `common_vcpu_op`, xen/arch/x86/domain.c:
    /// `do_vcpu_op`). No hook is asked. Nobody runs: what would be seen by who does is checked, and that is all. Throws `ENOENT` for a processor that there is not.
    func virtualProcessorOperation(_ arguments: [UInt64], _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        let (number, address) = (UInt32(truncatingIfNeeded: arguments[1]), arguments[2])
        let count = try with(caller.domain) { (state) throws(XenErrorNumber) in state.processors.count }
        guard number < count else { throw .noEntry }
        guard let command = VirtualProcessorCommand(rawValue: UInt32(truncatingIfNeeded: arguments[0])) else {
            throw .notImplemented
        }
        let isCurrent = number == caller.virtualProcessor
        switch command {
        case .initialize: try initialize(number, at: address, caller)
        case .bringUp, .bringDown, .isUp: return try bring(command, number, caller)
        case .getRunState:
            var state = ABIStructure(size: 48)
            // Running is zero, and whoever is not up is offline.
            let isUp = try with(caller.domain) { (state) throws(XenErrorNumber) in state.processors[Int(number)].isOnline }
            state.set(isUp ? 0 : 3 as UInt32, at: 0)
            try caller.memory.put(state, at: address)
        case .setPeriodicTimer:
            let period = try caller.memory.structure(8, at: address).word64(at: 0)
            guard 1_000_000...(1 << 60) ~= period else { throw .invalidArgument }
        case .stopPeriodicTimer: break
        case .setSingleShotTimer:
            guard isCurrent else { throw .invalidArgument }
            _ = try caller.memory.structure(16, at: address)
        case .stopSingleShotTimer: guard isCurrent else { throw .invalidArgument }
        case .registerInfo: try registerInfo(number, at: address, caller)
        case .registerRunState, .registerTime: _ = try caller.memory.structure(8, at: address)
        case .sendNMI: guard address == 0 else { throw .invalidArgument }
        // Nobody's processors are tied to the machine's.
        case .getPhysicalID: throw .invalidArgument
        }
        return 0
    }

    /// Registers of a processor that has none yet. Throws `EEXIST` for one that has.
    private func initialize(_ number: UInt32, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        let isHVM = try with(caller.domain) { (state) throws(XenErrorNumber) in state.isHVM }
        // Domains in hardware have another structure, which is checked by what would run.
        guard !isHVM else { throw .notSupported }
        let context = try caller.memory.structure(Self.processorContextSize, at: address).bytes
        try with(caller.domain) { (state) throws(XenErrorNumber) in
            guard state.processors.indices.contains(Int(number)) else { throw .noEntry }
            guard state.processors[Int(number)].context == nil else { throw .exists }
            state.processors[Int(number)].context = context
        }
    }

    private func bring(_ command: VirtualProcessorCommand, _ number: UInt32, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        try with(caller.domain) { (state) throws(XenErrorNumber) in
            guard state.processors.indices.contains(Int(number)) else { throw .noEntry }
            switch command {
            case .bringUp:
                // One that has never had registers cannot run.
                guard state.processors[Int(number)].context != nil || state.processors[Int(number)].isOnline
                else { throw .invalidArgument }
                state.processors[Int(number)].isOnline = true
            case .bringDown:
                state.processors[Int(number)].isOnline = false
                // The last one takes the domain with it.
                if !state.processors.contains(where: \.isOnline) { state.shutdownCode = state.shutdownCode ?? 0 }
            default: return state.processors[Int(number)].isOnline ? 1 : 0
            }
            return 0
        }
    }

    /// The guest keeps a processor's `struct vcpu_info` where it says, and is told of events there.
    private func registerInfo(_ number: UInt32, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        let info = try caller.memory.structure(16, at: address)
        try with(caller.domain) { (state) throws(XenErrorNumber) in
            try state.moveProcessorInfo(number, to: info.word64(at: 0), info.word32(at: 8), by: caller.virtualProcessor)
        }
    }
}
