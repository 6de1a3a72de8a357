import Synchronization

extension FlaskHypercall {
    /// Loads a policy out of the caller's memory.
    func load(_ buffer: FlaskOperation.GuestBuffer, _ caller: some FlaskCaller) throws(XenErrorNumber) {
        try authorize(.loadPolicy, caller)
        guard buffer.size <= SecurityServer.maximumPolicySize else { throw .invalidArgument }
        guard let image = caller.read(Int(buffer.size), at: buffer.address) else { throw .badAddress }
        try pending.withLock { (pending) throws(XenErrorNumber) in
            let isReload = server.isLoaded
            guard (try? server.load(image)) != nil else { throw .invalidArgument }
            if !isReload { server.console(FlaskMessage(loadedLate: server.isEnforcing)) }
            pending = nil
        }
    }

    /// Nobody is asked when it is so already.
    func setEnforce(_ isEnforcing: Bool, _ caller: some FlaskCaller) throws(XenErrorNumber) {
        guard isEnforcing != server.isEnforcing else { return }
        try authorize(.setEnforce, caller)
        server.setEnforcing(isEnforcing)
    }

    /// Writes a context's text, with a zero byte, into the caller's memory, and says how long it is.
    func giveContext(
        of sid: SecurityIdentifier, _ buffer: FlaskOperation.GuestBuffer, _ arguments: inout FlaskArguments,
        _ caller: inout some FlaskCaller
    ) throws(XenErrorNumber) {
        try authorize(.checkContext, caller)
        let text = try answer { () throws(SecurityServerError) in try server.text(of: sid) } + [0]
        guard text.count <= Int(buffer.size) else { throw .resultTooLarge }
        arguments.set(UInt32(text.count), at: 12)
        guard caller.write(text, at: buffer.address) else { throw .badAddress }
    }

    /// Labels a domain anew, which then acts as a new one (Xen, xen/xsm/flask/flask_op.c: `flask_relabel_domain`).
    func relabel(
        _ number: UInt32, _ sid: SecurityIdentifier, _ caller: inout some FlaskCaller
    ) throws(XenErrorNumber) {
        // As in Xen all bits tell whether the caller means itself, and sixteen of them which domain it means.
        let domain = DomainIdentifier(rawValue: UInt16(truncatingIfNeeded: number))
        guard var labels = caller.labels(of: domain) else { throw .noSuchDomain }
        if number == UInt32(DomainIdentifier.caller.rawValue) {
            try authorize("domain2", "relabelself", source: labels.identifier, target: sid, caller, about: labels.domain)
        } else {
            let source = caller.identifier
            try authorize("domain2", "relabelfrom", source: source, target: labels.identifier, caller, about: labels.domain)
            try authorize("domain2", "relabelto", source: source, target: sid, caller, about: labels.domain)
        }
        try authorize("domain", "transition", source: labels.identifier, target: sid, caller, about: labels.domain)
        labels.identifier = sid
        labels.selfIdentifier = sid
        // Where rules make no valid context, the domain keeps what it has.
        if let own = newDomain(sid, sid) { labels.selfIdentifier = own }
        if let served = labels.served, let target = newDomain(served, sid) { labels.targetIdentifier = target }
        caller.setLabels(labels)
    }

    private func newDomain(_ source: SecurityIdentifier, _ target: SecurityIdentifier) -> SecurityIdentifier? {
        guard let domain = server.subjectClass else { return nil }
        return try? server.newIdentifier(.transition, source: source, target: target, objectClass: domain)
    }
}
