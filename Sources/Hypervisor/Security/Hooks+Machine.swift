import Flask

// Parts of the machine that come and go, and how they are set up (Xen, xen/xsm/flask/hooks.c: `flask_resource_plug_core`,
// `flask_resource_plug_pci`, `flask_resource_setup_gsi`, `flask_page_offline`, `flask_pci_config_permission` and others).

extension Hooks {
    /// What is done with a part of the machine.
    enum MachineChange: Sendable {
        case plug, unplug, use, setUp

        fileprivate var permission: HookPermission {
            switch self {
            case .plug: .resource__plug
            case .unplug: .resource__unplug
            case .use: .resource__use
            case .setUp: .resource__setup
            }
        }
    }

    /// About processors and memory, which bear the label of the hypervisor's own domain.
    func machine(_ change: MachineChange, _ caller: Caller) throws(XenErrorNumber) {
        guard let flask else { return }
        try flask.ask(caller.domain, flask.domxen, change.permission, caller, nil)
    }

    /// About pages that are to be used no more, or again.
    func pageOffline(_ command: UInt32, _ caller: Caller) throws(XenErrorNumber) {
        switch command {
        case 1: try machine(.unplug, caller)
        case 2: try machine(.plug, caller)
        case 3: try machine(.use, caller)
        default:
            guard flask != nil else { return }
            try askUnknown("page_offline", command, caller)
        }
    }

    func device(_ change: MachineChange, _ device: UInt32, _ caller: Caller) throws(XenErrorNumber) {
        guard let flask else { return try settle(.control, caller.domain, nil) }
        try flask.ask(
            caller.domain, flask.label(of: UInt64(device), .pciDevice), change.permission, caller, .device(UInt64(device)))
    }

    func setUpInterrupt(_ number: Int32, _ caller: Caller) throws(XenErrorNumber) {
        guard let flask else { return try settle(.control, caller.domain, nil) }
        let (label, object) = try flask.label(of: .line(number))
        try flask.ask(caller.domain, label, .resource__setup, caller, object)
    }

    func setUpOther(_ caller: Caller) throws(XenErrorNumber) {
        try ask(.resource__setup, caller)
    }

    /// May a domain read or write the configuration of a device, bytes of which both ends are included? To write where the
    /// device's memory is set up is to set the device up.
    func deviceConfiguration(
        _ device: UInt32, _ bytes: ClosedRange<UInt16>, isWrite: Bool, _ user: ResourceUser, _ caller: Caller
    ) throws(XenErrorNumber) {
        guard let flask else { return }
        let setsUp = isWrite && bytes.upperBound >= 0x10 && bytes.lowerBound < 0x28
        try flask.ask(
            user.domain, flask.label(of: UInt64(device), .pciDevice), setsUp ? .resource__setup : user.permission, caller,
            .device(UInt64(device)))
    }
}
