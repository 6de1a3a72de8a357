import Flask

/// The questions that hypercalls ask before they act, and nothing else: which permission an operation needs, of whom, over
/// what. Each hook is held against its Xen counterpart (xen/xsm/flask/hooks.c at 4.17, xen/include/xsm/dummy.h).
struct Hooks: Sendable {
    let module: SecurityModule
    /// Nil where another module decides.
    let flask: FlaskModule?
    /// Whether what Xen does wrong is done right.
    let isStrict: Bool

    /// Flask, as hooks need it.
    struct FlaskModule: Sendable {
        let hypercall: FlaskHypercall
        let permissions: [PermissionBits?]
        let xen: SecurityIdentifier
        let domxen: SecurityIdentifier
        /// Is told of every question, where somebody wants to know.
        let observer: (@Sendable (HookQuestion) -> Void)?
        var server: SecurityServer { hypercall.cache.server }

        init(_ hypercall: FlaskHypercall, observer: (@Sendable (HookQuestion) -> Void)? = nil) {
            self.hypercall = hypercall
            self.observer = observer
            let vocabulary = hypercall.cache.server.vocabulary
            permissions = HookPermission.table(of: vocabulary)
            xen = vocabulary.initialSID(named: "xen")
            domxen = vocabulary.initialSID(named: "domxen")
        }

        func bits(_ permission: HookPermission) -> PermissionBits? { permissions[Int(permission.rawValue)] }
    }

    // MARK: Asking

    /// Asks about two domains, the second under the label that it has for the first (`domain_has_perm`).
    func ask(
        _ permission: HookPermission, _ caller: Caller, by source: Domain? = nil, on target: Domain,
        default action: DefaultAction
    ) throws(XenErrorNumber) {
        let source = source ?? caller.domain
        guard let flask else { return try settle(action, source, target) }
        try flask.ask(
            source.label, source.label(of: target), permission, caller,
            AuditSubject(source: source.number, target: target.number, current: caller.domain.number))
    }

    /// Asks about the hypervisor itself (`domain_has_xen`, and `avc_current_has_perm` with its label).
    func ask(_ permission: HookPermission, _ caller: Caller, default action: DefaultAction = .control) throws(XenErrorNumber) {
        guard let flask else { return try settle(action, caller.domain, nil) }
        try flask.ask(
            caller.domain.label, flask.xen, permission, caller, AuditSubject(current: caller.domain.number))
    }

    /// Two permissions of one class at once: both or none.
    func askBoth(
        _ first: HookPermission, _ second: HookPermission, _ caller: Caller, by source: Domain? = nil, on target: Domain? = nil,
        default action: DefaultAction
    ) throws(XenErrorNumber) {
        let source = source ?? caller.domain
        guard let flask else { return try settle(action, source, target) }
        let both = [flask.bits(first), flask.bits(second)].compactMap { $0 }
        guard let objectClass = both.first?.objectClass else { return }
        let subject =
            target.map { AuditSubject(source: source.number, target: $0.number, current: caller.domain.number) }
            ?? AuditSubject(current: caller.domain.number)
        try flask.ask(
            source.label, target.map { source.label(of: $0) } ?? flask.xen,
            objectClass, both.reduce(0) { $0 | $1.permission }, caller, subject)
    }

    /// Answers for an operation that no permission is known for. Without Flask it is the control domain's.
    func askUnknown(_ kind: String, _ number: UInt32, _ caller: Caller) throws(XenErrorNumber) {
        guard let flask else { return try settle(.control, caller.domain, nil) }
        do {
            try flask.server.authorizeUnknown(kind, Int32(bitPattern: number))
        } catch {
            throw error.xenErrorNumber
        }
    }

    /// What another module than Flask says. Throws `EPERM`.
    func settle(_ action: DefaultAction, _ source: Domain, _ target: Domain?) throws(XenErrorNumber) {
        guard action.allows(source, on: target) else { throw .operationNotPermitted }
    }

    /// Keeps two domains apart that do not control the machine, where the module is to (Xen, xen/xsm/silo.c:
    /// `silo_mode_dom_check`). Throws `EPERM`.
    func separate(_ caller: Caller, from other: Domain) throws(XenErrorNumber) {
        guard module == .silo, caller.domain !== other, !caller.domain.isControl, !other.isControl else { return }
        throw .operationNotPermitted
    }
}

extension Hooks.FlaskModule {
    /// Asks the cache for one permission. A release that does not have it does not ask.
    func ask(
        _ source: SecurityIdentifier, _ target: SecurityIdentifier, _ permission: HookPermission, _ caller: Caller,
        _ subject: @autoclosure () -> AuditSubject
    ) throws(XenErrorNumber) {
        guard let bits = bits(permission) else { return }
        try ask(source, target, bits.objectClass, bits.permission, caller, subject())
    }

    func ask(
        _ source: SecurityIdentifier, _ target: SecurityIdentifier, _ objectClass: UInt16, _ requested: UInt32,
        _ caller: Caller, _ subject: @autoclosure () -> AuditSubject
    ) throws(XenErrorNumber) {
        do {
            try hypercall.cache.authorize(
                source: source, target: target, objectClass: objectClass, requested: requested, processor: caller.processor,
                subject())
        } catch {
            if let observer {
                // Of permissions that are asked for at once, those that are missing.
                let answer = try? hypercall.cache.check(source: source, target: target, objectClass: objectClass, requested: requested)
                let missing = requested & ~(answer?.decision.allowed ?? 0)
                observer(HookQuestion(source: source, target: target, objectClass: objectClass, permissions: missing, isGranted: false))
            }
            throw error.xenErrorNumber
        }
        observer?(HookQuestion(source: source, target: target, objectClass: objectClass, permissions: requested, isGranted: true))
    }

    /// The label of something new that two domains make together (`security_transition_sid`).
    func newLabel(
        _ source: SecurityIdentifier, _ target: SecurityIdentifier, objectClass name: String
    ) throws(XenErrorNumber) -> SecurityIdentifier {
        guard let number = server.vocabulary.objectClass(named: name)?.number else { return target }
        do {
            return try server.newIdentifier(.transition, source: source, target: target, objectClass: UInt16(truncatingIfNeeded: number))
        } catch {
            throw error.xenErrorNumber
        }
    }
}
