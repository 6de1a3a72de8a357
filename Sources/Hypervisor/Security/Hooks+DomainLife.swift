import Flask

// Creating domains, and what makes one serve another (Xen, xen/xsm/flask/hooks.c: `flask_domain_create`,
// `flask_set_target`, `flask_getdomaininfo`, `flask_schedop_shutdown`, `flask_init_hardware_domain`).

extension Hooks {
    /// May a domain be created with a label? Which one it has for itself then. Throws `EINVAL` when `isDom0Taken` and the
    /// label is dom0's.
    func create(
        label: SecurityIdentifier, _ caller: Caller, isDom0Taken: Bool = false
    ) throws(XenErrorNumber) -> SecurityIdentifier {
        guard let flask else { return label }
        try flask.ask(
            caller.domain.label, label, .domain__create, caller, AuditSubject(current: caller.domain.number))
        if isDom0Taken, label == flask.server.vocabulary.initialSID(named: "dom0") { throw .invalidArgument }
        return try flask.newLabel(label, label, objectClass: "domain")
    }

    /// May a domain serve another as its device model? Under which label it sees it then.
    func setTarget(_ domain: Domain, _ target: Domain, _ caller: Caller) throws(XenErrorNumber) -> SecurityIdentifier? {
        guard let flask else {
            try settle(.control, caller.domain, nil)
            return nil
        }
        try ask(.domain2__make_priv_for, caller, on: domain, default: .control)
        try ask(.domain2__set_as_target, caller, on: target, default: .control)
        // Here labels count as they are, whoever serves whom already.
        try flask.ask(
            domain.label, target.label, .domain__set_target, caller, AuditSubject(current: caller.domain.number))
        return try flask.newLabel(target.label, domain.label, objectClass: "domain")
    }

    func getDomainInfo(_ domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        try ask(.domain__getdomaininfo, caller, on: domain, default: .xenStore)
    }

    func remoteShutdown(_ domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        try ask(.domain__shutdown, caller, on: domain, default: .deviceModel)
    }
}
