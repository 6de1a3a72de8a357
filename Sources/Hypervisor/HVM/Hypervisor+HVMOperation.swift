import CLinux
import Flask

/// When time began, in nanoseconds.
private let started = linux_nanoseconds()

extension Hypervisor {
    /// The `hvm_op` hypercall (Xen, xen/arch/x86/hvm/hvm.c: `do_hvm_op`).
    func hvmOperation(_ number: UInt64, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        guard let command = HVMCommand(rawValue: number) else { throw .notImplemented }
        switch command {
        case .setParameter: try setParameter(at: address, caller)
        case .getParameter: try getParameter(at: address, caller)
        case .flushTLBs:
            guard address == 0, try isHVM(caller.domain) else { throw .invalidArgument }
        case .pageTableDying: try pageTableDying(at: address, caller)
        case .getTime:
            var answer = ABIStructure(size: 8)
            answer.set(linux_nanoseconds() &- started, at: 0)
            try caller.memory.put(answer, at: address)
        case .trace:
            let call = try caller.memory.structure(32, at: address)
            guard call.word16(at: 2) <= 28, call.word16(at: 0) & ~0xfff == 0 else { throw .invalidArgument }
        case .getMemoryType: try getMemoryType(at: address, caller)
        case .setUpcallVector: try setUpcallVector(at: address, caller)
        case .guestRequest:
            guard address == 0 else { throw .invalidArgument }
        case .alternateViews: try alternateViews(at: address, caller)
        }
        return 0
    }

    func isHVM(_ domain: Domain) throws(XenErrorNumber) -> Bool {
        try with(domain) { (state) throws(XenErrorNumber) in state.isHVM }
    }

    private func pageTableDying(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        let call = try caller.memory.structure(16, at: address)
        let domain = try domain(call.word16(at: 0), or: caller)
        guard domain === caller.domain else { throw .notSupported }
        guard try with(domain, { (state) throws(XenErrorNumber) in state.isHVM && !state.hasHAP }) else { throw .invalidArgument }
        try hooks.controlHVM(domain, caller)
    }

    private func getMemoryType(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        var call = try caller.memory.structure(16, at: address)
        let domain = try domain(call.word16(at: 0), or: caller)
        try hooks.controlHVM(domain, caller)
        guard try isHVM(domain) else { throw .invalidArgument }
        let frame = call.word64(at: 8)
        let type = try with(domain) { (state) throws(XenErrorNumber) -> UInt16 in
            if case .granted(_, isReadOnly: true) = state.memory.special[frame]?.kind { return 1 }
            if state.resources.mappedMemory[frame] != nil { return 2 }
            return switch state.memory.type(of: frame) {
            case .memory, .populateOnDemand: 0
            case .readOnlyMemory: 1
            case .claimedByServer: 4
            case .deviceModel, .coveredMemory, .hole: 2
            }
        }
        call.set(type, at: 2)
        try caller.memory.put(call, at: address)
    }

    private func setUpcallVector(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        guard try isHVM(caller.domain) else { throw .invalidArgument }
        let call = try caller.memory.structure(8, at: address)
        let (processor, vector) = (call.word32(at: 0), call.byte(at: 4))
        guard vector >= 16 else { throw .invalidArgument }
        try with(caller.domain) { (state) throws(XenErrorNumber) in
            guard processor < state.processors.count else { throw .noEntry }
            state.hvm.upcallVectors[processor] = vector
        }
    }

    // MARK: Parameters

    private func setParameter(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        let call = try caller.memory.structure(16, at: address)
        let index = call.word32(at: 4)
        guard index < HVMParameter.count else { throw .invalidArgument }
        let domain = try domain(call.word16(at: 0), or: caller)
        guard try isHVM(domain) else { throw .invalidArgument }
        try hooks.setParameter(domain, caller)
        let value = call.word64(at: 8)
        let parameter = HVMParameter(rawValue: index)
        // Asked again when it is known that it may be set at all: another permission for one of them.
        try with(domain) { (state) throws(XenErrorNumber) in
            try state.hvm.checkSetting(parameter, index, value, byItself: domain === caller.domain)
        }
        if parameter == .alternateViews { try hooks.allowAlternateViews(domain, caller) }
        try with(domain) { (state) throws(XenErrorNumber) in
            try state.hvm.checkSetting(parameter, index, value, byItself: domain === caller.domain)
            let old = state.hvm.parameters[Int(index)]
            try state.hvm.set(parameter, index, value)
            if let parameter, old != value { state.deviceModel.frames.set(parameter, value) }
        }
    }

    private func getParameter(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        var call = try caller.memory.structure(16, at: address)
        let index = call.word32(at: 4)
        guard index < HVMParameter.count else { throw .invalidArgument }
        let domain = try domain(call.word16(at: 0), or: caller)
        guard try isHVM(domain) else { throw .invalidArgument }
        try hooks.getParameter(domain, caller)
        let parameter = HVMParameter(rawValue: index)
        guard parameter?.isDeprecated != true else { throw .invalidArgument }
        guard parameter?.isGotByGuest == true || domain !== caller.domain else { throw .operationNotPermitted }
        call.set(try with(domain) { (state) throws(XenErrorNumber) in state.hvm.value(of: parameter, index) }, at: 8)
        try caller.memory.put(call, at: address)
    }
}

extension HVMState {
    /// A bit of the processor's own in the place of the segment for virtual 8086 mode.
    private static let isUpdated: UInt64 = 1 << 63

    /// Throws `EINVAL` for what is no parameter any more, `EPERM` for what is not for the guest itself, `EEXIST` for what may
    /// be set once (Xen: `hvm_allow_set_param`).
    func checkSetting(
        _ parameter: HVMParameter?, _ index: UInt32, _ value: UInt64, byItself: Bool
    ) throws(XenErrorNumber) {
        guard parameter?.isDeprecated != true else { throw .invalidArgument }
        guard parameter?.isSetByGuest == true || !byItself else { throw .operationNotPermitted }
        let old = parameters[Int(index)]
        if parameter?.isSetOnce == true, old != 0, old != value { throw .exists }
    }

    /// Throws `EINVAL` for values that mean nothing (Xen: `hvm_set_param`).
    mutating func set(_ parameter: HVMParameter?, _ index: UInt32, _ value: UInt64) throws(XenErrorNumber) {
        var value = value
        var index = Int(index)
        switch parameter {
        case .timerMode: guard value <= 3 else { throw .invalidArgument }
        case .viridian: guard value & ~0x1fff == 0, value & 1 != 0 else { throw .invalidArgument }
        case .acpiSleepState:
            guard value == 0 || value == 3 else { throw .invalidArgument }
            isSuspended = value == 3
        case .acpiPorts, .machineCheckCapabilities: guard value <= 1 else { throw .invalidArgument }
        case .alternateViews: guard value <= 3 else { throw .invalidArgument }
        case .tripleFaultReason: guard value <= 5 else { throw .invalidArgument }
        case .serverFrameCount: guard value > 0, value <= 64 else { throw .invalidArgument }
        case .x87InstructionPointerWidth: guard value == 0 || value == 4 || value == 8 else { throw .invalidArgument }
        case .vm86TSS:
            guard value <= UInt64(UInt32.max) else { throw .invalidArgument }
            if value != 0 { value |= 128 << 32 | Self.isUpdated }
            index = Int(HVMParameter.vm86TSSSized.rawValue)
        case .vm86TSSSized:
            let size = value >> 32
            guard size >= 104 else { throw .invalidArgument }
            // The structure, a bit for each interrupt and each port, and a byte at the end.
            let most: UInt64 = 104 + 0x100 / 8 + 0x10000 / 8 + 1
            if size > most { value = value & 0xffff_ffff | most << 32 }
            value |= Self.isUpdated
        default: break
        }
        parameters[index] = value
    }

    func value(of parameter: HVMParameter?, _ index: UInt32) -> UInt64 {
        switch parameter {
        case .acpiSleepState: isSuspended ? 3 : 0
        case .vm86TSS: self[.vm86TSSSized] & 0xffff_ffff
        case .vm86TSSSized: self[.vm86TSSSized] & ~Self.isUpdated
        default: parameters[Int(index)]
        }
    }
}
