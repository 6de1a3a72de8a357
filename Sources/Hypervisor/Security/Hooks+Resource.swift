import Flask

// Interrupts, ports and memory of devices, and devices themselves, given to domains and taken from them (Xen,
// xen/xsm/flask/hooks.c: `flask_irq_permission`, `flask_iomem_permission`, `flask_ioport_permission`, `flask_map_domain_irq`,
// `flask_bind_pt_irq`, `flask_assign_device` and others).

extension Hooks {
    /// A domain that is to use something of the machine's, and which permission it needs for that: it depends on how well
    /// devices are kept apart (`flask_iommu_resource_use_perm`).
    struct ResourceUser: Sendable {
        let domain: Domain
        let permission: HookPermission

        init(_ domain: Domain, isIOMMUEnabled: Bool, remapsInterrupts: Bool) {
            self.domain = domain
            permission =
                !isIOMMUEnabled
                ? .resource__use_noiommu : remapsInterrupts ? .resource__use_iommu : .resource__use_iommu_nointremap
        }
    }

    /// An interrupt as it is known to hooks (`get_irq_sid`, `flask_map_domain_msi`).
    enum InterruptKind: Hashable, Sendable {
        /// A line that the machine has had since it started.
        case line(Int32)
        /// A message of a device.
        case message(device: UInt32)
        /// Another, which domains should not see.
        case other(Int32)
    }

    // MARK: Permission to use

    func interruptPermission(_ domain: Domain, allows: Bool, _ caller: Caller) throws(XenErrorNumber) {
        try ask(allows ? .resource__add : .resource__remove, caller, on: domain, default: .everybody)
    }

    /// May a domain be given page frames or ports, or may they be taken? Each stretch with a label of its own counts, and
    /// also who takes asks whether the domain may use it.
    func rangePermission(
        _ range: ClosedRange<UInt64>, _ kind: ObjectKind, _ user: ResourceUser, allows: Bool, _ caller: Caller
    ) throws(XenErrorNumber) {
        guard let flask else { return }
        try ask(allows ? .resource__add : .resource__remove, caller, on: user.domain, default: .everybody)
        let permission: HookPermission =
            switch (kind, allows) {
            case (.ioPorts, true): .resource__add_ioport
            case (.ioPorts, false): .resource__remove_ioport
            case (_, true): .resource__add_iomem
            case (_, false): .resource__remove_iomem
            }
        for stretch in try flask.labels(of: range, kind) {
            let object = AuditObject.range(stretch.range.lowerBound, stretch.range.upperBound)
            try flask.ask(caller.domain, stretch.sid, permission, caller, object)
            try flask.ask(user.domain, stretch.sid, user.permission, caller, object)
        }
    }

    // MARK: Interrupts

    func mapInterrupts(_ domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        try ask(.resource__add, caller, on: domain, default: .deviceModel)
    }

    func unmapInterrupts(_ domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        try ask(.resource__remove, caller, on: domain, default: .deviceModel)
    }

    func map(_ interrupt: InterruptKind, _ user: ResourceUser, _ caller: Caller) throws(XenErrorNumber) {
        guard let flask else { return }
        let (label, object) = try flask.label(of: interrupt)
        try flask.ask(caller.domain, label, .resource__add_irq, caller, object)
        try flask.ask(user.domain, label, user.permission, caller, object)
    }

    func unmap(_ interrupt: InterruptKind, _ caller: Caller) throws(XenErrorNumber) {
        guard let flask else { return }
        let (label, object) = try flask.label(of: interrupt)
        try flask.ask(caller.domain, label, .resource__remove_irq, caller, object)
    }

    func bindPassthrough(_ interrupt: InterruptKind, _ user: ResourceUser, _ caller: Caller) throws(XenErrorNumber) {
        guard let flask else { return }
        try ask(.resource__add, caller, on: user.domain, default: .everybody)
        let (label, object) = try flask.label(of: interrupt)
        try flask.ask(caller.domain, label, .hvm__bind_irq, caller, object)
        try flask.ask(user.domain, label, user.permission, caller, object)
    }

    func unbindPassthrough(_ domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        try ask(.resource__remove, caller, on: domain, default: .everybody)
    }

    // MARK: Devices

    func getDeviceGroup(_ device: UInt32, _ caller: Caller) throws(XenErrorNumber) {
        guard let flask else { return }
        try flask.ask(caller.domain, flask.label(of: UInt64(device), .pciDevice), .resource__stat_device, caller, nil)
    }

    /// May a device be given to a domain? Where there is none, may it be asked whether it could be?
    func assignDevice(_ device: UInt32, _ user: ResourceUser?, _ caller: Caller) throws(XenErrorNumber) {
        guard let flask else { return }
        guard let user else { return try getDeviceGroup(device, caller) }
        try ask(.resource__add, caller, on: user.domain, default: .everybody)
        let label = try flask.label(of: UInt64(device), .pciDevice)
        try flask.ask(caller.domain, label, .resource__add_device, caller, .device(UInt64(device)))
        try flask.ask(user.domain, label, user.permission, caller, .device(UInt64(device)))
    }

    func deassignDevice(_ device: UInt32, _ domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        guard let flask else { return }
        try ask(.resource__remove, caller, on: domain, default: .everybody)
        try flask.ask(caller.domain, flask.label(of: UInt64(device), .pciDevice), .resource__remove_device, caller, nil)
    }

    /// As for a device on the PCI bus, for a node of the device tree.
    func assignDeviceTreeNode(_ path: [UInt8], _ user: ResourceUser?, _ caller: Caller) throws(XenErrorNumber) {
        guard let flask else { return }
        guard let user else {
            return try flask.ask(caller.domain, flask.label(ofNode: path), .resource__stat_device, caller, nil)
        }
        try ask(.resource__add, caller, on: user.domain, default: .everybody)
        let label = try flask.label(ofNode: path)
        try flask.ask(caller.domain, label, .resource__add_device, caller, .deviceTreeNode(path))
        try flask.ask(user.domain, label, user.permission, caller, .deviceTreeNode(path))
    }

    func deassignDeviceTreeNode(_ path: [UInt8], _ domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        guard let flask else { return }
        try ask(.resource__remove, caller, on: domain, default: .everybody)
        try flask.ask(caller.domain, flask.label(ofNode: path), .resource__remove_device, caller, nil)
    }
}

extension Hooks.FlaskModule {
    /// Asks whether a domain may do something with an object that has a label.
    func ask(
        _ source: Domain, _ label: SecurityIdentifier, _ permission: HookPermission, _ caller: Caller, _ object: AuditObject?
    ) throws(XenErrorNumber) {
        try ask(source.label, label, permission, caller, AuditSubject(current: caller.domain.number, object: object))
    }

    func label(of object: UInt64, _ kind: ObjectKind) throws(XenErrorNumber) -> SecurityIdentifier {
        do { return try server.identifier(of: object, kind) } catch { throw error.xenErrorNumber }
    }

    func label(ofNode path: [UInt8]) throws(XenErrorNumber) -> SecurityIdentifier {
        do { return try server.identifier(ofDeviceTreeNode: path) } catch { throw error.xenErrorNumber }
    }

    func labels(
        of range: ClosedRange<UInt64>, _ kind: ObjectKind
    ) throws(XenErrorNumber) -> [(range: ClosedRange<UInt64>, sid: SecurityIdentifier)] {
        do { return try server.identifiers(of: range, kind) } catch { throw error.xenErrorNumber }
    }

    func label(of interrupt: Hooks.InterruptKind) throws(XenErrorNumber) -> (SecurityIdentifier, AuditObject) {
        switch interrupt {
        case .line(let number): (try label(of: UInt64(UInt32(bitPattern: number)), .interrupt), .interrupt(number))
        case .message(let device): (try label(of: UInt64(device), .pciDevice), .device(UInt64(device)))
        case .other(let number): (server.vocabulary.initialSID(named: "unlabeled"), .interrupt(number))
        }
    }
}
