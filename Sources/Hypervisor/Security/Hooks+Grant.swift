import Flask

// Grants (Xen, xen/xsm/flask/hooks.c: `flask_grant_mapref` and those beside it; xen/xsm/silo.c).

extension Hooks {
    /// May the caller map what a domain has granted it?
    func mapGrant(of granter: Domain, isReadOnly: Bool, _ caller: Caller) throws(XenErrorNumber) {
        try separate(caller, from: granter)
        if isReadOnly {
            try ask(.grant__map_read, caller, on: granter, default: .everybody)
        } else {
            try askBoth(.grant__map_read, .grant__map_write, caller, on: granter, default: .everybody)
        }
    }

    func unmapGrant(of granter: Domain, _ caller: Caller) throws(XenErrorNumber) {
        try ask(.grant__unmap, caller, on: granter, default: .everybody)
    }

    func setUpGrants(_ domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        try ask(.grant__setup, caller, on: domain, default: .target)
    }

    func transferPage(to receiver: Domain, _ caller: Caller) throws(XenErrorNumber) {
        try separate(caller, from: receiver)
        try ask(.grant__transfer, caller, on: receiver, default: .everybody)
    }

    /// May what is in one domain's memory be copied to another's? Whoever asks for it may be a third.
    func copyGrant(from source: Domain, to target: Domain, _ caller: Caller) throws(XenErrorNumber) {
        if module == .silo, source !== target, !caller.domain.isControl, !source.isControl, !target.isControl {
            throw .operationNotPermitted
        }
        try ask(.grant__copy, caller, by: source, on: target, default: .everybody)
    }

    func queryGrants(_ domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        try ask(.grant__query, caller, on: domain, default: .target)
    }
}
