import Synchronization

extension SecurityServer {
    /// What a decision was, and from which policy.
    public struct Ruling: Hashable, Sendable {
        public var decision: AccessDecision
        /// See ``SecurityServer/sequenceNumber``.
        public var sequenceNumber: UInt32
    }

    /// What rules alone allow a source to do to a target: what constraints, roles and bounds take away is there. It decides
    /// nothing, and tells an author whether a rule is missing.
    ///
    /// Throws ``SecurityServerError/unknownIdentifier(_:)``.
    public func allowedByRules(
        source: SecurityIdentifier, target: SecurityIdentifier, objectClass: UInt16
    ) throws(SecurityServerError) -> UInt32 {
        let (policy, first, second) = state.withLock { state in
            (state.policy, state.sids.context(of: source), state.sids.context(of: target))
        }
        guard let first else { throw .unknownIdentifier(source) }
        guard let second else { throw .unknownIdentifier(target) }
        return policy?.rulesDecision(first.type, second.type, objectClass).allowed ?? 0
    }

    /// What a source may do to a target, for the permissions of one class, by its number (Xen,
    /// xen/xsm/flask/ss/services.c: `security_compute_av`). Without a policy that is everything.
    ///
    /// Throws ``SecurityServerError/decision(_:)`` for a class that the policy does not have, and
    /// ``SecurityServerError/unknownIdentifier(_:)`` where unlabelled things have no context: both are `EINVAL` in Xen.
    public func accessDecision(
        source: SecurityIdentifier, target: SecurityIdentifier, objectClass: UInt16
    ) throws(SecurityServerError) -> Ruling {
        let question = state.withLock { state in
            (state.policy, state.sids.context(of: source), state.sids.context(of: target), state.sequenceNumber)
        }
        guard let policy = question.0 else { return Ruling(decision: .withoutPolicy, sequenceNumber: question.3) }
        guard let sourceContext = question.1 else { throw unrecognized(source, .accessVector) }
        guard let targetContext = question.2 else { throw unrecognized(target, .accessVector) }
        var violations: [BoundsViolation] = []
        do {
            let decision = try policy.accessDecision(
                source: sourceContext, target: targetContext, objectClass: objectClass, violations: &violations)
            for violation in violations { console(FlaskMessage(boundsViolation: violation, in: policy)) }
            return Ruling(decision: decision, sequenceNumber: question.3)
        } catch {
            throw .decision(error)
        }
    }

    /// The number of the context that a source's new object gets, in view of a target (Xen, xen/xsm/flask/ss/services.c:
    /// `security_compute_sid`). Without a policy a new domain has its maker's, and all else that of the target.
    ///
    /// A context that is not valid is an error when the policy is enforced, ``SecurityServerError/invalidNewContext(_:)``
    /// (`EACCES`), and used otherwise. Errors beyond those of ``accessDecision(source:target:objectClass:)``:
    /// ``SecurityServerError/tooManyContexts`` (`ENOMEM`).
    public func newIdentifier(
        _ purpose: LoadedPolicy.NewContext, source: SecurityIdentifier, target: SecurityIdentifier, objectClass: UInt16
    ) throws(SecurityServerError) -> SecurityIdentifier {
        while true {
            let question = state.withLock { state in
                (state.policy, state.sids.context(of: source), state.sids.context(of: target), state.sequenceNumber, isEnforcing)
            }
            guard let policy = question.0 else { return objectClass == subjectClass ? source : target }
            guard let sourceContext = question.1 else { throw unrecognized(source, .newContext) }
            guard let targetContext = question.2 else { throw unrecognized(target, .newContext) }
            let context: SecurityContext
            do {
                context = try policy.newContext(
                    purpose, source: sourceContext, target: targetContext, objectClass: objectClass)
            } catch {
                throw .decision(error)
            }
            if !policy.policy.isValid(context) {
                console(
                    FlaskMessage(
                        invalidNewContext: context, source: sourceContext, target: targetContext, objectClass: objectClass,
                        in: policy))
                guard !question.4 else { throw .invalidNewContext(context) }
            }
            if let sid = try identify(context, under: question.3) { return sid }
        }
    }

    /// Whether an object of a class may get another context when a process asks for it (Xen,
    /// xen/xsm/flask/ss/services.c: `security_validate_transition`). Without a policy, and where none is enforced, it may.
    ///
    /// Errors are those of ``accessDecision(source:target:objectClass:)``.
    public func allowsTransition(
        from old: SecurityIdentifier, to new: SecurityIdentifier, by process: SecurityIdentifier, objectClass: UInt16
    ) throws(SecurityServerError) -> Bool {
        let question = state.withLock { state in
            (state.policy, [old, new, process].map { state.sids.context(of: $0) }, isEnforcing)
        }
        guard let policy = question.0 else { return true }
        guard objectClass > 0, objectClass <= policy.policy.classes.count else {
            console(FlaskMessage("security_validate_transition: unrecognized class \(objectClass)"))
            throw .decision(.unknownClass(objectClass))
        }
        var contexts: [SecurityContext] = []
        for (context, sid) in zip(question.1, [old, new, process]) {
            guard let context else { throw unrecognized(sid, .transition) }
            contexts.append(context)
        }
        do {
            let isAllowed = try policy.allowsTransition(
                from: contexts[0], to: contexts[1], by: contexts[2], objectClass: objectClass)
            if !isAllowed { console(FlaskMessage(deniedTransition: contexts, objectClass: objectClass, in: policy)) }
            return isAllowed || !question.2
        } catch {
            throw .decision(error)
        }
    }

    /// The error for a number without a context, which is told of as Xen does.
    func unrecognized(_ sid: SecurityIdentifier, _ function: FlaskMessage.Function) -> SecurityServerError {
        console(FlaskMessage(unrecognized: sid, in: function))
        return .unknownIdentifier(sid)
    }

    /// The class of those who act, which Xen knows without a policy.
    var subjectClass: UInt16? {
        vocabulary.objectClass(named: "domain").map { UInt16($0.number) }
    }
}
