import Flask

// Device models (Xen, xen/xsm/flask/hooks.c: `flask_dm_op`, `flask_domain_resource_map`).

extension Hooks {
    /// May the caller emulate a domain's devices? All operations are one permission.
    func deviceModel(_ domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        try ask(.hvm__dm, caller, on: domain, default: .deviceModel)
    }

    /// What an operation does that has a permission of its own elsewhere. Xen does not ask.
    func deviceModel(
        _ command: DeviceModelCommand, _ domain: Domain, _ caller: Caller
    ) throws(XenErrorNumber) {
        guard isStrict else { return }
        switch command {
        case .remoteShutdown: try remoteShutdown(domain, caller)
        case .relocateMemory: try ask(.mmu__physmap, caller, on: domain, default: .deviceModel)
        default: break
        }
    }
}
