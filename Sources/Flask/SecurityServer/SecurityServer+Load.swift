import Synchronization

extension SecurityServer {
    /// Xen takes no larger policy from a running system (xen/xsm/flask/flask_op.c: `MAX_POLICY_SIZE`). A boot module has no
    /// limit there; here it has this one.
    public static let maximumPolicySize = 0x400_0000

    /// Loads a policy from its image, the first or another one (Xen, xen/xsm/flask/ss/services.c:
    /// `security_load_policy`).
    ///
    /// Contexts that have numbers are said anew by their names; booleans keep their values by name; contexts that objects
    /// were given at run time are forgotten. As in Xen, the initial SIDs of a policy are read when it is the first one only:
    /// they too keep the names that they had.
    ///
    /// It is all or nothing: when it throws, nothing has changed. While it works, decisions are made from the policy before,
    /// and nobody waits for it longer than for a few thousand contexts to be copied. Throws ``PolicyLoadError``, for which
    /// Xen answers `EINVAL`.
    public func load(_ image: [UInt8]) throws(PolicyLoadError) -> PolicyLoadReport {
        guard image.count <= Self.maximumPolicySize else { throw .tooLarge(image.count, limit: Self.maximumPolicySize) }
        do throws(PolicyLoadError) {
            let (output, rules) = try LoadedPolicy.read(image)
            do throws(PolicyLoadError) {
                return try load(output, rules)
            } catch {
                if error.comesBehindSymbols { tellOf(output.policy) }
                throw error
            }
        } catch {
            for message in error.xenMessages { console(FlaskMessage(message)) }
            throw error
        }
    }

    private func tellOf(_ policy: borrowing Policy) {
        for message in FlaskMessage.loading(policy) { console(message) }
    }

    private func load(
        _ output: ImageReader.Output, _ rules: BegunAhead<AccessVectorTable>?
    ) throws(PolicyLoadError) -> PolicyLoadReport {
        let policy = try prepare(output, rules)
        var report = PolicyLoadReport()
        report.trailingByteCount = output.trailingByteCount
        compareInitialSIDs(output.policy, &report)
        guard !options.isStrict || report.isSpotless else { throw .notSpotless(report) }
        return try changes.withLock { (_) throws(PolicyLoadError) in
            if let old = state.withLock({ $0.policy }) {
                let isMLS = output.policy.isMLS
                guard old.policy.isMLS == isMLS else { throw .changesMLS(toMLS: isMLS) }
                tellOf(output.policy)
                replace(old, by: policy.preservingBooleans(of: old), &report)
            } else {
                try begin(with: policy)
                tellOf(output.policy)
            }
            return report
        }
    }

    /// Does all that Xen does before it looks at the running policy.
    private func prepare(
        _ output: ImageReader.Output, _ rules: BegunAhead<AccessVectorTable>?
    ) throws(PolicyLoadError) -> LoadedPolicy {
        guard !options.acceptsLinuxPolicies else { return try LoadedPolicy(output.policy, rules: rules) }
        let rejections = output.policy.xenRejections(on: vocabulary.release)
        guard rejections.isEmpty else { throw .rejected(rejections) }
        if let mismatch = vocabulary.mismatch(with: output.policy) { throw .vocabulary(mismatch) }
        return try LoadedPolicy(output.policy, rules: rules)
    }

    private func compareInitialSIDs(_ policy: Policy, _ report: inout PolicyLoadReport) {
        let known = Set(policy.initialContexts.map(\.sid))
        for (index, name) in vocabulary.initialSIDs.enumerated() where !known.contains(UInt32(index + 1)) {
            report.missingInitialSIDs.append(name)
        }
        report.surplusInitialSIDs = known.filter { $0 == 0 || $0 > vocabulary.initialSIDs.count }.sorted()
    }

    // MARK: The first policy

    private func begin(with policy: LoadedPolicy) throws(PolicyLoadError) {
        var sids = SIDTable(unlabeled: initialSIDs.unlabeled)
        if let number = policy.policy.unusableInitialSID { throw .duplicateInitialSID(number) }
        for initial in policy.policy.initialContexts.sorted(by: { $0.sid < $1.sid }) {
            while sids.next.rawValue < initial.sid { sids.appendNothing() }
            sids.append(initial.context)
        }
        let objects = ObjectContextTable(policy.policy.deviceContexts.loaded(by: vocabulary.release))
        state.withLock { state in
            state.policy = policy
            state.sids = sids
            state.objects = objects
            state.sequenceNumber += 1
            beginEpoch()
        }
        notify()
    }

    // MARK: Another policy

    /// How many contexts are taken at once while others wait.
    private static var batchSize: Int { 4_096 }

    private func replace(_ old: LoadedPolicy, by policy: LoadedPolicy, _ report: inout PolicyLoadReport) {
        let conversion = ContextConversion(from: old, to: policy, isEnforcing: isEnforcing)
        var sids = SIDTable(unlabeled: initialSIDs.unlabeled)
        var objects = ObjectContextTable(policy.policy.deviceContexts.loaded(by: vocabulary.release))
        var messages: [FlaskMessage] = []
        func convert(_ batch: [SecurityContext?]) {
            for context in batch {
                let sid = sids.next
                guard let context else {
                    sids.appendNothing()
                    continue
                }
                switch conversion.convert(context) {
                case .converted(let context): sids.append(context)
                case .keptInvalid(let new):
                    sids.append(new)
                    report.keptInvalid.append(sid)
                    messages.append(FlaskMessage(keptInvalid: context, in: old))
                case .invalid:
                    sids.appendNothing()
                    report.invalidated.append(sid)
                    messages.append(FlaskMessage(invalidated: context, in: old))
                }
            }
        }
        // Numbers are given while contexts are converted. The last few are converted while everybody waits.
        var last = old
        while true {
            let batch = state.withLock { state -> [SecurityContext?]? in
                let batch = Self.batch(from: sids.next, of: state.sids)
                guard batch.count < Self.batchSize / 16 else { return batch }
                convert(batch)
                if options.keepsObjectContexts { objects.takeOver(state.objects) }
                swap(&state.sids, &sids)
                swap(&state.objects, &objects)
                last = state.policy ?? last
                state.policy = policy
                state.sequenceNumber += 1
                beginEpoch()
                return nil
            }
            guard let batch else { break }
            convert(batch)
        }
        notify()
        for message in messages { console(message) }
        // Here, and not while others wait, the old table and policy are taken apart.
    }

    private static func batch(from first: SecurityIdentifier, of sids: SIDTable) -> [SecurityContext?] {
        let end = min(sids.next.rawValue, first.rawValue + UInt32(batchSize))
        return (first.rawValue..<end).map { sids.ownContext(of: SecurityIdentifier(rawValue: $0)) }
    }
}

extension LoadedPolicy {
    /// The same policy with the values that another one's booleans have, where names are the same.
    func preservingBooleans(of old: LoadedPolicy) -> LoadedPolicy {
        var values: [Name: Bool] = [:]
        for (boolean, value) in zip(old.policy.booleans, old.booleans) { values[boolean.name] = value }
        return setting(zip(policy.booleans, booleans).map { values[$0.name] ?? $1 }) ?? self
    }
}
