import Flask
import Synchronization

// What processors of a domain have in their registers (Xen, xen/common/domctl.c and xen/arch/x86/domctl.c). They are kept and
// told again as they are: nobody runs.

extension Hypervisor {
    /// `struct vcpu_guest_context` has as many bytes.
    static let processorContextSize = 5_168
    private static let vectorHeader: UInt64 = 16
    /// The least that a state of vectors has, and which states there are: floating point and the smaller vectors.
    private static let smallestArea: UInt64 = 576
    private static let vectorStates: UInt64 = 3

    /// Works with a processor of a domain, that need not have been written to before.
    private func with<Result: Sendable>(
        _ domain: Domain, processor number: UInt32, orElse error: XenErrorNumber,
        _ body: (inout DomainState, inout ProcessorControlState) throws(XenErrorNumber) -> Result
    ) throws(XenErrorNumber) -> Result {
        try machine.withLock { (machine) throws(XenErrorNumber) in
            try machine.with(domain) { (state) throws(XenErrorNumber) in
                guard number < state.processors.count else { throw error }
                var processor = state.control.processors[number] ?? ProcessorControlState()
                let result = try body(&state, &processor)
                state.control.processors[number] = processor
                return result
            }
        }
    }

    private func isOwn(_ domain: Domain, _ processor: UInt32, _ caller: Caller) -> Bool {
        domain === caller.domain && Int(processor) == caller.processor
    }

    func setProcessorContext(_ domain: Domain, _ call: ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        guard domain !== caller.domain else { throw .invalidArgument }
        let number = call.word32(at: 16)
        let count = try with(domain) { (state) throws(XenErrorNumber) in state.processors.count }
        guard number < count else { throw .invalidArgument }
        let address = call.word64(at: 24)
        let context = address == 0 ? nil : try caller.memory.structure(Self.processorContextSize, at: address).bytes
        try with(domain) { (state) throws(XenErrorNumber) in
            guard number < state.processors.count else { throw .invalidArgument }
            state.processors[Int(number)].context = context
            guard let context else { return state.processors[Int(number)].isOnline = false }
            // Its flags say whether it is up (`VGCF_online`).
            state.processors[Int(number)].isOnline = ABIStructure(context).word32(at: 512) & 1 << 5 != 0
        }
    }

    func getProcessorContext(
        _ domain: Domain, _ call: ABIStructure, at address: UInt64, _ caller: Caller
    ) throws(XenErrorNumber) {
        let number = call.word32(at: 16)
        let processor = try with(domain) { (state) throws(XenErrorNumber) in
            guard number < state.processors.count else { throw .invalidArgument }
            return state.processors[Int(number)]
        }
        guard !isOwn(domain, number, caller) else { throw .invalidArgument }
        guard let bytes = processor.context else { throw .noData }
        var context = ABIStructure(bytes)
        let flags = context.word32(at: 512) & ~(1 << 5)
        context.set(processor.isOnline ? flags | 1 << 5 : flags, at: 512)
        try caller.memory.put(context, at: call.word64(at: 24))
        try caller.memory.put(call, at: address)
    }

    // MARK: Entry points and machine checks

    func setExtendedContext(_ domain: Domain, _ call: ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        try with(domain, processor: call.word32(at: 16), orElse: .noSuchDomain) { (state, processor) throws(XenErrorNumber) in
            guard domain !== caller.domain else { throw .noSuchDomain }
            let size = call.word32(at: 20)
            guard size >= 32 else { throw .invalidArgument }
            let entries = [call.word64(at: 24), call.word64(at: 32)]
            let selectors = [call.word16(at: 40), call.word16(at: 42)]
            if state.isHVM {
                guard entries == [0, 0], selectors.allSatisfy({ $0 & ~3 == 0 }) else { throw .invalidArgument }
            } else {
                guard entries.allSatisfy({ Int64(bitPattern: $0 << 16) >> 16 == Int64(bitPattern: $0) }) else {
                    throw .invalidArgument
                }
                processor.extended.replaceSubrange(0..<24, with: call.bytes[24..<48])
            }
            // Older callers knew less of machine checks.
            let known = [32, 24, 8].first { UInt32($0) <= min(size - 32, 32) } ?? 0
            processor.extended.replaceSubrange(24..<24 + known, with: call.bytes[48..<48 + known])
        }
    }

    func getExtendedContext(
        _ domain: Domain, _ call: ABIStructure, at address: UInt64, _ caller: Caller
    ) throws(XenErrorNumber) {
        let number = call.word32(at: 16)
        let extended = try with(domain, processor: number, orElse: .noSuchDomain) { (_, processor) throws(XenErrorNumber) in
            processor.extended
        }
        guard !isOwn(domain, number, caller) else { throw .noSuchDomain }
        var answer = call
        answer.set(64 as UInt32, at: 20)
        answer.set(extended, at: 24)
        try caller.memory.put(answer, at: address)
    }

    // MARK: Vectors

    /// Two masks and the area that they describe. A state that is not empty has at least floating point, and no other than
    /// the machine knows.
    func setExtendedState(_ domain: Domain, _ call: ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        let number = call.word32(at: 16)
        try with(domain, processor: number, orElse: .noSuchDomain) { (_, _) throws(XenErrorNumber) in }
        guard !isOwn(domain, number, caller) else { throw .invalidArgument }
        let size = call.word64(at: 32)
        guard size >= Self.vectorHeader, size <= Self.vectorHeader + Self.smallestArea else { throw .invalidArgument }
        let buffer = try caller.memory.structure(Int(size), at: call.word64(at: 40))
        let mask = buffer.word64(at: 0)
        let ever = buffer.word64(at: 8)
        if ever != 0 {
            guard size >= Self.vectorHeader + Self.smallestArea, ever & ~Self.vectorStates == 0, mask & ~ever == 0, mask & 1 == 1
            else { throw .invalidArgument }
        } else {
            guard mask == 0 else { throw .invalidArgument }
        }
        guard size > Self.vectorHeader else { return }
        guard size == Self.vectorHeader + Self.smallestArea else { throw .invalidArgument }
        // The area may not be packed: its header says whether it is.
        guard buffer.word64(at: 16 + 520) >> 63 == 0 else { throw .notSupported }
        try with(domain, processor: number, orElse: .noSuchDomain) { (_, processor) throws(XenErrorNumber) in
            processor.vectorMask = mask
            processor.vectorMaskEver = ever
            processor.vectorArea = Array(buffer.bytes[16...])
        }
    }

    func getExtendedState(_ domain: Domain, _ call: ABIStructure, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        let number = call.word32(at: 16)
        let processor = try with(domain, processor: number, orElse: .noSuchDomain) { (_, processor) throws(XenErrorNumber) in
            processor
        }
        guard !isOwn(domain, number, caller) else { throw .invalidArgument }
        let size = call.word64(at: 32)
        let buffer = call.word64(at: 40)
        var answer = call
        if buffer == 0 || size == 0 && call.word64(at: 24) == 0 {
            answer.set(Self.vectorStates, at: 24)
            answer.set(Self.vectorHeader + Self.smallestArea, at: 32)
            return try caller.memory.put(answer, at: address)
        }
        let needed = Self.vectorHeader + UInt64(processor.vectorArea.count)
        guard size >= needed, call.word64(at: 24) == Self.vectorStates else { throw .invalidArgument }
        var state = ABIStructure(size: 16)
        state.set(processor.vectorMask, at: 0)
        state.set(processor.vectorMaskEver, at: 8)
        try caller.memory.put(ABIStructure(state.bytes + processor.vectorArea), at: buffer)
        answer.set(needed, at: 32)
        try caller.memory.put(answer, at: address)
    }

    // MARK: Model specific registers

    /// Those that may be told and set, in the order in which they are told.
    private static let registers: [UInt32] = [
        0x48, 0x140, 0xc000_0103, 0xc001_1027, 0xc001_1019, 0xc001_101a, 0xc001_101b,
    ]

    func getProcessorRegisters(
        _ domain: Domain, _ call: ABIStructure, at address: UInt64, _ caller: Caller
    ) throws(XenErrorNumber) {
        let number = call.word32(at: 16)
        let (isHVM, values) = try with(domain, processor: number, orElse: .noSuchDomain) {
            (state, processor) throws(XenErrorNumber) in (state.isHVM, processor.registers)
        }
        guard !isOwn(domain, number, caller), !isHVM else { throw .invalidArgument }
        var answer = call
        guard call.word64(at: 24) != 0 else {
            answer.set(UInt32(Self.registers.count), at: 20)
            return try caller.memory.put(answer, at: address)
        }
        let known = Self.registers.filter { values[$0] ?? 0 != 0 }
        for (index, register) in known.enumerated() where index < call.word32(at: 20) {
            var entry = ABIStructure(size: 16)
            entry.set(register, at: 0)
            entry.set(values[register] ?? 0, at: 8)
            try caller.memory.put(entry, at: call.word64(at: 24) &+ UInt64(index) * 16)
        }
        answer.set(UInt32(known.count), at: 20)
        try caller.memory.put(answer, at: address)
        guard known.count <= call.word32(at: 20) else { throw .noBufferSpace }
    }

    /// Sets registers one by one up to one that cannot be set, and tells which that is.
    func setProcessorRegisters(
        _ domain: Domain, _ call: ABIStructure, at address: UInt64, _ caller: Caller
    ) throws(XenErrorNumber) {
        let number = call.word32(at: 16)
        let isHVM = try with(domain, processor: number, orElse: .noSuchDomain) { (state, _) throws(XenErrorNumber) in
            state.isHVM
        }
        guard !isOwn(domain, number, caller), !isHVM, call.word32(at: 20) <= Self.registers.count else { throw .invalidArgument }
        for index in 0..<call.word32(at: 20) {
            do throws(XenErrorNumber) {
                let entry = try caller.memory.structure(16, at: call.word64(at: 24) &+ UInt64(index) * 16)
                guard entry.word32(at: 4) == 0, Self.registers.contains(entry.word32(at: 0)) else { throw .invalidArgument }
                try with(domain, processor: number, orElse: .noSuchDomain) { (_, processor) throws(XenErrorNumber) in
                    processor.registers[entry.word32(at: 0)] = entry.word64(at: 8)
                }
            } catch {
                var answer = call
                answer.set(index, at: 20)
                try caller.memory.put(answer, at: address)
                throw error
            }
        }
    }
}
