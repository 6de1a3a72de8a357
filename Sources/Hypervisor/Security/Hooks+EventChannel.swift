import Flask

// Event channels (Xen, xen/xsm/flask/hooks.c: `flask_evtchn_*`; xen/xsm/silo.c).

extension Hooks {
    /// May the caller make a port of a domain to which another may bind? Which label the channel has then; nil where labels
    /// mean nothing. Throws `EPERM` when there is no other, and `ESRCH` where domains are kept apart.
    func createUnbound(
        of owner: Domain, for remote: Domain?, _ caller: Caller
    ) throws(XenErrorNumber) -> SecurityIdentifier? {
        if module == .silo {
            guard let remote else { throw .noSuchDomain }
            try separate(owner, from: remote, caller)
        }
        guard let flask else {
            try settle(.target, caller.domain, owner)
            return nil
        }
        guard let remote else { throw .operationNotPermitted }
        let subject = AuditSubject(current: caller.domain.number)
        let target = owner.label(of: remote)
        let label = try flask.newLabel(owner.label, target, objectClass: "event")
        try flask.ask(caller.domain.label, label, .event__create, caller, subject)
        try flask.ask(label, target, .event__bind, caller, subject)
        return label
    }

    /// May a domain bind to another's port, whose label is the one that it got when it was made? Which label its own end
    /// has then. The other end is asked about again: who is at this one may have changed since.
    func bindInterdomain(
        _ domain: Domain, to remote: Domain, _ remoteLabel: SecurityIdentifier?, _ caller: Caller
    ) throws(XenErrorNumber) -> SecurityIdentifier? {
        if module == .silo { try separate(domain, from: remote, caller) }
        guard let flask else { return nil }
        let subject = AuditSubject(source: domain.number, target: remote.number, current: caller.domain.number)
        let target = domain.label(of: remote)
        let label = try flask.newLabel(domain.label, target, objectClass: "event")
        try flask.ask(caller.domain.label, label, .event__create, caller, subject)
        try flask.ask(label, target, .event__bind, caller, subject)
        try flask.ask(remoteLabel ?? flask.unlabeled, remote.label(of: domain), .event__bind, caller, subject)
        return label
    }

    /// May the caller send by a channel of its own?
    func send(_ channel: EventChannel, _ caller: Caller) throws(XenErrorNumber) {
        guard let flask else { return }
        switch channel.state {
        case .interdomain:
            try flask.ask(
                caller.domain.label, channel.label ?? flask.unlabeled, .event__send, caller,
                AuditSubject(current: caller.domain.number))
        case .interprocessor, .unbound: break
        default: try askUnknown("event channel state", channel.stateNumber, caller)
        }
    }

    /// May the caller know of a channel of a domain? It is the domain that Flask asks about, not the caller.
    func status(_ channel: EventChannel, of owner: Domain, _ caller: Caller) throws(XenErrorNumber) {
        guard let flask else { return try settle(.target, caller.domain, owner) }
        try flask.ask(
            owner.label, channel.label ?? flask.unlabeled, .event__status, caller, AuditSubject(current: caller.domain.number))
        // Strictly it is the one who wants to know that is to be asked about.
        guard isStrict, owner !== caller.domain else { return }
        try flask.ask(
            caller.domain.label, channel.label ?? flask.unlabeled, .event__status, caller,
            AuditSubject(current: caller.domain.number))
    }

    func resetChannels(of domain: Domain, _ caller: Caller) throws(XenErrorNumber) {
        try ask(.event__reset, caller, on: domain, default: .target)
    }

    /// Keeps two domains apart that do not control the machine, unless the caller does (Xen: `silo_mode_dom_check`).
    private func separate(_ first: Domain, from second: Domain, _ caller: Caller) throws(XenErrorNumber) {
        guard !caller.domain.isControl, !first.isControl, !second.isControl, first !== second else { return }
        throw .operationNotPermitted
    }
}

extension Hooks.FlaskModule {
    /// The label of what has none.
    var unlabeled: SecurityIdentifier { server.vocabulary.initialSID(named: "unlabeled") }
}
