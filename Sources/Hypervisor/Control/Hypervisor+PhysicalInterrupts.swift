import Flask
import Synchronization

// Interrupts of devices by the numbers that domains have for them (Xen, xen/arch/x86/physdev.c and xen/arch/x86/irq.c).

extension Hypervisor {
    func interruptOperation(
        _ command: PhysicalDeviceCommand, at address: UInt64, _ caller: Caller
    ) throws(XenErrorNumber) -> Int64 {
        switch command {
        case .mapInterrupt: try mapInterrupt(at: address, caller)
        case .unmapInterrupt: try unmapInterrupt(at: address, caller)
        case .setUpInterrupt: try setUpInterrupt(at: address, caller)
        case .getFreeInterrupt: try getFreeInterrupt(at: address, caller)
        case .interruptStatus: try interruptStatus(at: address, caller)
        case .endOfInterrupt:
            let number = try caller.memory.structure(4, at: address).word32(at: 0)
            guard number < interruptNumbers(of: caller.domain),
                try resources(of: caller.domain).mappedInterrupts[Int32(number)] != nil
            else { throw .invalidArgument }
        case .endOfInterruptFrame1, .endOfInterruptFrame2:
            // The page would be one of the domain's, into which nobody writes here.
            _ = try caller.memory.structure(8, at: address)
            throw .invalidArgument
        default: throw .notImplemented
        }
        return 0
    }

    private func setUpInterrupt(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        let structure = try caller.memory.structure(8, at: address)
        let number = Int32(bitPattern: structure.word32(at: 0))
        guard number >= 0, number < InterruptTable.lines else { throw .invalidArgument }
        try hooks.setUpInterrupt(number, caller)
    }

    private func interruptStatus(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        var structure = try caller.memory.structure(8, at: address)
        let number = Int32(bitPattern: structure.word32(at: 0))
        guard number >= 0, number < interruptNumbers(of: caller.domain) else { throw .invalidArgument }
        let (isHVM, isMapped) = try with(caller.domain) { (state) throws(XenErrorNumber) in
            (state.isHVM, state.resources.mappedInterrupts[number] != nil)
        }
        guard !isHVM || isMapped else { throw .invalidArgument }
        // Its end must be told.
        structure.set(1 as UInt32, at: 4)
        try caller.memory.put(structure, at: address)
    }

    private func getFreeInterrupt(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        var structure = try caller.memory.structure(8, at: address)
        let limit = interruptNumbers(of: caller.domain)
        let number = try with(caller.domain) { (state) throws(XenErrorNumber) in
            let number = try state.resources.freeInterrupt(isLine: structure.word32(at: 0) == 1, limit: limit)
            state.resources.reservedInterrupts.insert(number)
            return number
        }
        structure.set(UInt32(bitPattern: number), at: 4)
        try caller.memory.put(structure, at: address)
    }

    // MARK: Mapping

    /// How many lines are emulated (Xen: `NR_HVM_DOMU_IRQS`).
    private static let emulatedLines: Int32 = 48

    private struct Mapping {
        var kind: UInt32
        var index: Int32
        var number: Int32
        let device: UInt32
        var count: UInt32
    }

    private func mapInterrupt(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        var structure = try caller.memory.structure(40, at: address)
        let (kind, bus) = (structure.word32(at: 4), structure.word32(at: 16))
        let hasSegment = kind == 3 || kind == 4
        guard kind != 4 || structure.word64(at: 32) == 0 else { throw .invalidArgument }
        var map = Mapping(
            kind: kind == 3 ? 0 : kind, index: Int32(bitPattern: structure.word32(at: 8)),
            number: Int32(bitPattern: structure.word32(at: 12)),
            device: (hasSegment ? bus & 0xffff_0000 : 0) | (bus & 0xff) << 8 | structure.word32(at: 20) & 0xff,
            count: structure.word32(at: 24))
        var failure: XenErrorNumber?
        do throws(XenErrorNumber) {
            try mapInterrupt(structure.word16(at: 0), &map, caller)
        } catch {
            failure = error
        }
        structure.set(map.kind, at: 4)
        structure.set(map.number, at: 12)
        if map.kind == 4 { structure.set(map.count, at: 24) }
        try caller.memory.put(structure, at: address)
        if let failure { throw failure }
    }

    private func mapInterrupt(_ number: UInt16, _ map: inout Mapping, _ caller: Caller) throws(XenErrorNumber) {
        if number == DomainIdentifier.caller.rawValue, try mapEmulated(&map, caller) { return }
        let domain = try self.domain(number, or: caller)
        try hooks.mapInterrupts(domain, caller)
        let isMessage: Bool
        switch map.kind {
        case 1:
            guard map.index >= 0, map.index < InterruptTable.lines else { throw .invalidArgument }
            if try resources(of: caller.domain).mappedInterrupts[map.index] == nil, caller.domain.number.rawValue != 0 {
                throw .invalidArgument
            }
            isMessage = false
        case 0, 4:
            let isNew = map.kind == 4 || map.index == -1
            guard isNew || map.index >= InterruptTable.lines && map.index < InterruptTable.count else { throw .invalidArgument }
            isMessage = true
        default: throw .invalidArgument
        }
        try mapInterrupt(domain, &map, isMessage: isMessage, caller)
    }

    /// A guest in hardware that is told of events by a vector may have lines that are emulated for it come as events: its own
    /// affair. False for a domain that has no such interrupts. Throws `EINVAL`, and `ENOSPC` (Xen: `physdev_hvm_map_pirq`).
    private func mapEmulated(_ map: inout Mapping, _ caller: Caller) throws(XenErrorNumber) -> Bool {
        let wanted = map
        let limit = interruptNumbers(of: caller.domain)
        let number = try with(caller.domain) { (state) throws(XenErrorNumber) -> Int32? in
            guard state.emulatesInterrupts else { return nil }
            let hasVector = state.hvm[.callbackIRQ] >> 56 == 2 || state.hvm.upcallVectors[0] != nil
            guard hasVector, wanted.kind == 1, wanted.index >= 0, wanted.index < Self.emulatedLines else { throw .invalidArgument }
            // A line that a device of the machine has is that device's.
            if let line = state.resources.machineInterrupt(behind: Int(wanted.index)) { return line }
            let number = wanted.number >= 0 ? wanted.number : try state.resources.freeInterrupt(isLine: true, limit: limit)
            guard number < limit else { throw .invalidArgument }
            state.deviceModel.map(UInt32(number), to: .line(UInt32(wanted.index)))
            return number
        }
        guard let number else { return false }
        map.number = number
        return true
    }

    private func mapInterrupt(
        _ domain: Domain, _ map: inout Mapping, isMessage: Bool, _ caller: Caller
    ) throws(XenErrorNumber) {
        let wanted = map
        let limit = interruptNumbers(of: domain)
        let own = try resources(of: caller.domain)
        // Which interrupt and which number: found without a change of anything.
        let (interrupt, number, isKnown) = try machine.withLock { (machine) throws(XenErrorNumber) in
            let interrupt: Int32? =
                !isMessage
                ? own.mappedInterrupts[wanted.index] ?? wanted.index
                : wanted.kind == 4 || wanted.index == -1 ? machine.interrupts.free : wanted.index
            guard let interrupt else { throw .invalidArgument }
            return try machine.with(domain) { (state) throws(XenErrorNumber) in
                let current = state.resources.mappedInterrupts.first { $0.value == interrupt }?.key
                if wanted.number >= 0, let current, current != wanted.number { throw .exists }
                let free: Int32
                if wanted.number >= 0 {
                    free = wanted.number
                } else if let current {
                    free = current
                } else {
                    free = try state.resources.freeInterrupt(isLine: !isMessage, limit: limit)
                }
                return (interrupt, free, state.resources.mappedInterrupts[free].map { $0 == interrupt })
            }
        }
        guard own.interrupts.contains(UInt64(interrupt)) else { throw .operationNotPermitted }
        guard number < limit, interrupt > 0 else { throw .invalidArgument }
        // Another interrupt under that number stays, and Xen says nothing.
        guard isKnown != false else { return }
        let kind: Hooks.InterruptKind = isMessage ? .message(device: map.device) : .line(interrupt)
        try hooks.map(kind, resourceUser(domain), caller)
        try machine.withLock { (machine) throws(XenErrorNumber) in
            if isMessage {
                guard machine.devices[wanted.device]?.owner == domain.number.rawValue else { throw .noDevice }
                guard machine.interrupts.messages[interrupt] == nil || isKnown == true else { throw .busy }
            }
            try machine.with(domain) { (state) throws(XenErrorNumber) in
                guard state.resources.mappedInterrupts[number] == nil || isKnown == true else { throw .busy }
                try state.resources.interrupts.insert(UInt64(interrupt)...UInt64(interrupt))
                state.resources.mappedInterrupts[number] = interrupt
                state.resources.reservedInterrupts.remove(number)
            }
            if isMessage { _ = machine.interrupts.create(device: wanted.device, number: interrupt) }
        }
        map.number = number
    }

    private func unmapInterrupt(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        let structure = try caller.memory.structure(8, at: address)
        let number = Int32(bitPattern: structure.word32(at: 4))
        let domain = try self.domain(structure.word16(at: 0), or: caller)
        let isEmulated = try with(domain) { (state) throws(XenErrorNumber) in state.emulatesInterrupts }
        let isOwn = structure.word16(at: 0) == DomainIdentifier.caller.rawValue && isEmulated
        if !isOwn { try hooks.unmapInterrupts(domain, caller) }
        if isEmulated, number >= 0 {
            try with(domain) { (state) throws(XenErrorNumber) in
                state.deviceModel.emulatedInterrupts[UInt32(bitPattern: number)] = nil
            }
        }
        guard !isOwn else { return }
        guard number >= 0, number < interruptNumbers(of: domain) else { throw .invalidArgument }
        let (interrupt, kind) = try machine.withLock { (machine) throws(XenErrorNumber) in
            let interrupt = try machine.with(domain) { (state) throws(XenErrorNumber) in
                state.resources.mappedInterrupts[number]
            }
            guard let interrupt, interrupt > 0 else { throw .invalidArgument }
            return (interrupt, machine.interrupts.kind(of: interrupt))
        }
        try hooks.unmap(kind, caller)
        try machine.withLock { (machine) throws(XenErrorNumber) in
            try machine.with(domain) { (state) throws(XenErrorNumber) in
                guard state.resources.mappedInterrupts[number] == interrupt else { throw .invalidArgument }
                state.resources.mappedInterrupts[number] = nil
                state.resources.passthrough[UInt32(bitPattern: number)] = nil
                // The first domain keeps what it may use: it is the one that gives.
                if domain.number.rawValue != 0 {
                    try state.resources.interrupts.remove(UInt64(interrupt)...UInt64(interrupt))
                }
            }
            machine.interrupts.remove(interrupt)
        }
    }
}

extension DomainState {
    /// Whether its interrupts may be event channels, as it was created (Xen: `has_pirq`).
    fileprivate var emulatesInterrupts: Bool { isHVM && configuration.emulatedDevices >> 9 & 1 == 1 }
}

extension ResourceAccess {
    /// The number of the machine's interrupt that comes at a line of the guest's; nil where none does.
    fileprivate func machineInterrupt(behind line: Int) -> Int32? {
        passthrough.first { _, binding in
            let structure = ABIStructure(binding)
            return switch structure.word32(at: 4) {
            case 0: InterruptLines.input(structure.byte(at: 9) & 31, structure.byte(at: 10) & 3) == line
            case 1: Int(structure.byte(at: 8)) == line
            default: false
            }
        }.map { Int32(truncatingIfNeeded: $0.key) }
    }

    /// A number that is not used: the lowest for a line, where there is one, and the highest for a message. Throws `ENOSPC`.
    fileprivate func freeInterrupt(isLine: Bool, limit: Int32) throws(XenErrorNumber) -> Int32 {
        func isFree(_ number: Int32) -> Bool { mappedInterrupts[number] == nil && !reservedInterrupts.contains(number) }
        if isLine, let line = (16..<InterruptTable.lines).first(where: isFree) { return line }
        guard let number = (InterruptTable.lines..<limit).last(where: isFree) else { throw .noSpace }
        return number
    }
}
