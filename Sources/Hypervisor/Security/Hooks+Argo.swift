import Flask

// Messages between domains (Xen, xen/xsm/flask/hooks.c: `flask_argo_enable` and others; xen/xsm/silo.c keeps domains apart).

extension Hooks {
    /// May a domain use messages at all? It is asked when a domain is created, and at each hypercall.
    func enableArgo(_ domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        guard let flask else { return }
        try flask.ask(domain, flask.xen, .argo__enable, caller, nil)
    }

    /// May the caller receive from one domain?
    func registerRing(from partner: Domain, _ caller: Caller) throws(XenErrorNumber) {
        try separate(caller, from: partner)
        try ask(.argo__register_single_source, caller, on: partner, default: .everybody)
    }

    /// May the caller receive from whoever sends?
    func registerRingFromAnybody(_ caller: Caller) throws(XenErrorNumber) {
        try ask(.argo__register_any_source, caller, default: .everybody)
    }

    func sendMessage(to target: Domain, _ caller: Caller) throws(XenErrorNumber) {
        try separate(caller, from: target)
        try ask(.argo__send, caller, on: target, default: .everybody)
    }
}
