import Flask
import Synchronization

// Devices that are given to domains (Xen, xen/drivers/passthrough/iommu.c, pci.c and device_tree.c).

extension Hypervisor {
    /// `XEN_DOMCTL_assign_device`, and `XEN_DOMCTL_test_assign_device` whether it could be. A device that is some domain's
    /// already cannot (`EBUSY`), nor one that does not exist (`ENODEV`); who tests is told `EINVAL` of both.
    func assignDevice(
        _ domain: Domain?, _ command: DomainControlCommand, _ call: ABIStructure, _ caller: Caller
    ) throws(XenErrorNumber) {
        let user = try checkIOMMU(domain)
        guard domain !== caller.domain else { throw .invalidArgument }
        let flags = call.word32(at: 20)
        guard call.word32(at: 16) == 0 else {
            return try assignDeviceTreeNode(call, domain, user, assigns: command == .assignDevice, caller)
        }
        // Memory that the device reserves may be shared, if who assigns wants that.
        guard flags & ~(command == .assignDevice ? 1 : 0) == 0 else { throw .invalidArgument }
        let device = call.word32(at: 24)
        try hooks.assignDevice(device, user, caller)
        try machine.withLock { (machine) throws(XenErrorNumber) in
            let owner = machine.devices[device]?.owner
            let isFree = owner == 0 || owner == DomainIdentifier.io.rawValue
            guard command == .assignDevice else {
                guard isFree else { throw .invalidArgument }
                return
            }
            guard owner != nil else { throw .noDevice }
            guard isFree, let domain else { throw .busy }
            guard domain === domio || machine.domains[domain.number.rawValue]?.domain === domain else { throw .noSuchDomain }
            machine.devices[device]?.owner = domain.number.rawValue
        }
    }

    /// What a domain needs over a device. Throws `EOPNOTSUPP` where no IOMMU keeps devices from others' memory.
    private func checkIOMMU(_ domain: Domain?) throws(XenErrorNumber) -> Hooks.ResourceUser? {
        guard let domain else {
            guard configuration.hasIOMMU else { throw .notSupported }
            return nil
        }
        let user = try resourceUser(domain)
        guard user.permission != .resource__use_noiommu else { throw .notSupported }
        return user
    }

    /// A node of the device tree, which machines of this kind have none of: it is asked for like everywhere, and is not there
    /// then (`ENODEV`). Throws `EINVAL` for flags and `E2BIG` for a path that is too long.
    private func assignDeviceTreeNode(
        _ call: ABIStructure, _ domain: Domain?, _ user: Hooks.ResourceUser?, assigns: Bool, _ caller: Caller
    ) throws(XenErrorNumber) {
        let path = try deviceTreePath(call, caller)
        try hooks.assignDeviceTreeNode(path, user, caller)
        throw .noDevice
    }

    private func deviceTreePath(_ call: ABIStructure, _ caller: Caller) throws(XenErrorNumber) -> [UInt8] {
        guard call.word32(at: 16) == 1 else { throw .noDevice }
        guard call.word32(at: 20) == 0, call.word32(at: 24) > 0 else { throw .invalidArgument }
        guard call.word32(at: 24) <= 1_024 else { throw .noBufferSpace }
        return Array(try caller.memory.structure(Int(call.word32(at: 24)), at: call.word64(at: 32)).bytes.prefix { $0 != 0 })
    }

    /// `XEN_DOMCTL_deassign_device`: the device is kept apart then, or the first domain's if it was that already.
    func deassignDevice(_ domain: Domain, _ call: ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        _ = try checkIOMMU(domain)
        guard domain !== caller.domain else { throw .invalidArgument }
        guard call.word32(at: 16) == 0 else {
            try hooks.deassignDeviceTreeNode(deviceTreePath(call, caller), domain, caller)
            throw .noDevice
        }
        guard call.word32(at: 20) == 0 else { throw .invalidArgument }
        let device = call.word32(at: 24)
        try hooks.deassignDevice(device, domain, caller)
        try machine.withLock { (machine) throws(XenErrorNumber) in
            guard machine.devices[device]?.owner == domain.number.rawValue else { throw .noDevice }
            machine.devices[device]?.owner = domain === domio ? 0 : DomainIdentifier.io.rawValue
        }
    }

    /// Which devices of a domain cannot be kept apart from one: here each function of a device from its others. Those that
    /// the caller may not know of are passed over.
    func getDeviceGroup(_ domain: Domain, _ call: ABIStructure, at address: UInt64, _ caller: Caller) throws(XenErrorNumber) {
        _ = try checkIOMMU(domain)
        let device = call.word32(at: 16)
        try hooks.getDeviceGroup(device, caller)
        let (limit, buffer) = (call.word32(at: 20), call.word64(at: 32))
        let others = machine.withLock { machine in
            machine.devices.values.filter { other in
                other.owner == domain.number.rawValue && other.number >> 16 == device >> 16 && other.number != device
            }.map(\.number).sorted()
        }
        var count: UInt32 = 0
        for other in others {
            guard (try? hooks.getDeviceGroup(other, caller)) != nil else { continue }
            guard other >> 3 == device >> 3, count < limit else { continue }
            var entry = ABIStructure(size: 4)
            entry.set((other >> 8 & 0xff) << 16 | (other & 0xff) << 8, at: 0)
            try caller.memory.put(entry, at: buffer &+ UInt64(count) * 4)
            count += 1
        }
        var answer = call
        answer.set(count, at: 24)
        try caller.memory.put(answer, at: address)
    }

    // MARK: Interrupts of devices

    private func interrupt(_ domain: Domain, _ number: UInt32) throws(XenErrorNumber) -> (Int32, Hooks.InterruptKind)? {
        try machine.withLock { (machine) throws(XenErrorNumber) in
            let mapped = try machine.with(domain) { (state) throws(XenErrorNumber) in
                state.resources.mappedInterrupts[Int32(bitPattern: number)]
            }
            return mapped.map { ($0, machine.interrupts.kind(of: $0)) }
        }
    }

    func bindPassthroughInterrupt(_ domain: Domain, _ call: ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        guard try with(domain, { (state) throws(XenErrorNumber) in state.isHVM }) else { throw .invalidArgument }
        let number = call.word32(at: 16)
        let user = try resourceUser(domain)
        let interrupt = try interrupt(domain, number)
        // Number zero stands for none, and is a line that has a label nevertheless.
        try hooks.bindPassthrough(interrupt?.1 ?? .line(0), user, caller)
        guard let interrupt, interrupt.0 > 0, try resources(of: caller.domain).interrupts.contains(UInt64(interrupt.0))
        else { throw .operationNotPermitted }
        do throws(XenErrorNumber) {
            try with(domain) { (state) throws(XenErrorNumber) in
                guard state.isIOMMUEnabled else { throw .noSuchDomain }
                try state.resources.bind(number, Array(call.bytes[16..<40]))
            }
        } catch {
            console.log("pt_irq_create_bind failed (-\(error.rawValue)) for dom\(domain.number.rawValue)")
            throw error
        }
    }

    func unbindPassthroughInterrupt(_ domain: Domain, _ call: ABIStructure, _ caller: Caller) throws(XenErrorNumber) {
        let number = call.word32(at: 16)
        let interrupt = try interrupt(domain, number)
        guard try with(domain, { (state) throws(XenErrorNumber) in state.isHVM }) else { throw .invalidArgument }
        guard let interrupt, interrupt.0 > 0, try resources(of: caller.domain).interrupts.contains(UInt64(interrupt.0))
        else { throw .operationNotPermitted }
        try hooks.unbindPassthrough(domain, caller)
        try with(domain) { (state) throws(XenErrorNumber) in
            guard state.isIOMMUEnabled else { return }
            guard state.resources.passthrough.removeValue(forKey: number) != nil else { throw .invalidArgument }
        }
    }
}

extension ResourceAccess {
    /// Throws `EBUSY` when it is bound otherwise already, and `EOPNOTSUPP` and `EINVAL` for a kind that there is not.
    fileprivate mutating func bind(_ number: UInt32, _ binding: [UInt8]) throws(XenErrorNumber) {
        // PCI, ISA, message, translated message, and Arm's.
        switch ABIStructure(binding).word32(at: 4) {
        case 0, 2:
            guard passthrough[number] == nil else { throw .exists }
        case 1, 3:
            if let old = passthrough[number], Array(old[4..<8]) != Array(binding[4..<8]) { throw .busy }
        default: throw .notSupported
        }
        passthrough[number] = binding
    }
}
