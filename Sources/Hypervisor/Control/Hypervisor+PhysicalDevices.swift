import Flask
import Synchronization

extension Hypervisor {
    /// The `physdev_op` hypercall, about the machine's devices (Xen, xen/arch/x86/physdev.c and xen/drivers/pci/physdev.c).
    /// Throws `ENOSYS` for what is not known.
    func physicalDeviceOperation(_ number: UInt64, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) -> Int64 {
        guard let command = PhysicalDeviceCommand(rawValue: UInt32(truncatingIfNeeded: number)) else { throw .notImplemented }
        switch command {
        case .addDevice, .addExtendedDevice, .addSegmentDevice: try addDevice(command, at: address, caller)
        case .removeDevice, .removeSegmentDevice: try removeDevice(command, at: address, caller)
        case .prepareMessages, .releaseMessages: try prepareMessages(command, at: address, caller)
        case .restoreMessages, .restoreSegmentMessages: try restoreMessages(command, at: address, caller)
        case .reserveConfigurationSpace: try reserveConfigurationSpace(at: address, caller)
        case .readController, .writeController, .allocateVector: try interruptController(command, at: address, caller)
        case .setIOPrivilege:
            guard try caller.memory.structure(4, at: address).word32(at: 0) <= 3 else { throw .invalidArgument }
        case .setIOBitmap:
            guard try caller.memory.structure(16, at: address).word32(at: 8) <= 65_536 else { throw .invalidArgument }
        case .debugPort:
            guard caller.domain.number.rawValue == 0 else { throw .operationNotPermitted }
            _ = try caller.memory.structure(6, at: address)
            // No debugger is connected by a device.
            throw .notImplemented
        case .unmaskNotify: break
        case .freeVector: throw .notImplemented
        default: return try interruptOperation(command, at: address, caller)
        }
        return 0
    }

    // MARK: Devices that come and go

    private static func device(_ structure: ABIStructure, segment: UInt16, at offset: Int) -> UInt32 {
        UInt32(segment) << 16 | UInt32(structure.byte(at: offset)) << 8 | UInt32(structure.byte(at: offset + 1))
    }

    private func addDevice(_ command: PhysicalDeviceCommand, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        var node: UInt32?
        let device: UInt32
        var physical: UInt32?
        switch command {
        case .addSegmentDevice:
            let add = try caller.memory.structure(12, at: address)
            device = Self.device(add, segment: add.word16(at: 0), at: 2)
            let flags = add.word32(at: 4)
            if flags & 2 != 0 { physical = Self.device(add, segment: add.word16(at: 0), at: 8) }
            if flags & 4 != 0 { node = try caller.memory.structure(4, at: address &+ 12).word32(at: 0) }
        case .addExtendedDevice:
            let add = try caller.memory.structure(16, at: address)
            guard add.word32(at: 4) <= 1, add.word32(at: 8) <= 1 else { throw .invalidArgument }
            device = Self.device(add, segment: 0, at: 0)
            if add.word32(at: 8) == 1 { physical = Self.device(add, segment: 0, at: 12) }
        default:
            device = Self.device(try caller.memory.structure(2, at: address), segment: 0, at: 0)
        }
        // A device's virtual function comes with the device; what is said about that is not told to the caller.
        if let physical, machine.withLock({ $0.devices[physical] == nil }) { try? plug(physical, node: node, caller) }
        try plug(device, node: node, caller)
    }

    private func plug(_ device: UInt32, node: UInt32?, _ caller: Caller) throws(XenErrorNumber) {
        try hooks.device(.plug, device, caller)
        machine.withLock { machine in
            var known = machine.devices[device] ?? PCIDevice(number: device)
            known.node = node.flatMap { $0 < 64 ? $0 : nil } ?? known.node
            machine.devices[device] = known
        }
    }

    private func removeDevice(_ command: PhysicalDeviceCommand, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        let structure = try caller.memory.structure(command == .removeDevice ? 2 : 4, at: address)
        let device =
            command == .removeDevice
            ? Self.device(structure, segment: 0, at: 0) : Self.device(structure, segment: structure.word16(at: 0), at: 2)
        try hooks.device(.unplug, device, caller)
        try machine.withLock { (machine) throws(XenErrorNumber) in
            guard machine.devices.removeValue(forKey: device) != nil else { throw .noDevice }
        }
    }

    // MARK: How devices are set up

    private func prepareMessages(_ command: PhysicalDeviceCommand, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        let structure = try caller.memory.structure(4, at: address)
        let device = Self.device(structure, segment: structure.word16(at: 0), at: 2)
        try hooks.device(.setUp, device, caller)
        try machine.withLock { (machine) throws(XenErrorNumber) in
            guard let known = machine.devices[device] else { throw .noDevice }
            guard known.owner == 0 || known.owner == DomainIdentifier.io.rawValue || command == .prepareMessages
            else { throw .busy }
        }
    }

    /// The messages of a device are set up again after it has slept. That it exists is said to everybody, as Xen does.
    private func restoreMessages(_ command: PhysicalDeviceCommand, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        let structure = try caller.memory.structure(command == .restoreMessages ? 2 : 4, at: address)
        let device =
            command == .restoreMessages
            ? Self.device(structure, segment: 0, at: 0) : Self.device(structure, segment: structure.word16(at: 0), at: 2)
        if hooks.isStrict { try hooks.device(.setUp, device, caller) }
        guard machine.withLock({ $0.devices[device] != nil }) else { throw .noDevice }
        if !hooks.isStrict { try hooks.device(.setUp, device, caller) }
    }

    private func reserveConfigurationSpace(at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        try hooks.setUpOther(caller)
        let space = try caller.memory.structure(16, at: address)
        guard space.byte(at: 10) <= space.byte(at: 11) else { throw .invalidArgument }
    }

    /// A domain reads or writes the configuration of a device: the trap that a guest runs into (Xen,
    /// xen/arch/x86/pv/emul-priv-op.c and xen/arch/x86/pv/ro-page-fault.c). Both ends are included.
    func accessPCIConfiguration(
        _ domain: Domain, _ device: UInt32, _ bytes: ClosedRange<UInt16>, isWrite: Bool, _ caller: Caller
    ) throws(XenErrorNumber) {
        try hooks.deviceConfiguration(device, bytes, isWrite: isWrite, resourceUser(domain), caller)
    }

    // MARK: Interrupt controllers

    /// A register is what was written to it last: no interrupt comes from here. A vector is the line's own number.
    private func interruptController(
        _ command: PhysicalDeviceCommand, at address: UInt64, _ caller: Caller
    ) throws(XenErrorNumber) {
        var structure = try caller.memory.structure(command == .allocateVector ? 8 : 16, at: address)
        try hooks.interruptController(writes: command == .writeController, caller)
        guard command != .allocateVector else {
            structure.set(structure.word32(at: 0), at: 4)
            return try caller.memory.put(structure, at: address)
        }
        // There is one controller, and it has as many registers as its window.
        let (base, register) = (structure.word64(at: 0), structure.word32(at: 8))
        let exists = base == 0xfec0_0000 && register < 0x10 + 2 * UInt32(InterruptTable.lines)
        guard command == .readController else {
            guard exists else { throw .invalidArgument }
            return machine.withLock { $0.platform.controllerRegisters[base + UInt64(register)] = structure.word32(at: 12) }
        }
        if exists { structure.set(machine.withLock { $0.platform.controllerRegisters[base + UInt64(register)] ?? 0 }, at: 12) }
        try caller.memory.put(structure, at: address)
        guard exists else { throw .invalidArgument }
    }
}
