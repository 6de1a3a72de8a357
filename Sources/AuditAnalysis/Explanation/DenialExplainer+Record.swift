import Flask
import PolicyAnalysis

extension DenialExplainer {
    /// What a line tells without a policy.
    func linesOwn(_ record: AuditRecord) -> [DenialCause] {
        var causes: [DenialCause] = []
        for (side, context) in [(ContextSide.source, record.source), (.target, record.target)] {
            guard case .identifier(let sid) = context else { continue }
            causes.append(.noContext(side, sid, InitialSIDMeaning.meanings(of: sid.rawValue, in: log.releases)))
        }
        if record.permissions.isEmpty, record.unnamedPermissions == 0 { causes.append(.noPermissions) }
        guard analysed == nil else { return causes }
        let releases = VocabularyHistory.shared.releases(withClass: record.objectClass.description)
        if releases.isEmpty { causes.append(.unknownClass(record.objectClass, nearest: [], releases: [])) }
        if record.unnamedPermissions != 0 {
            causes.append(.unnamedBits(UnnamedBit.bits(of: record.unnamedPermissions, objectClass: record.objectClass, policyNames: [])))
        }
        return causes
    }

    /// What is known of the permissions that a line names, each once.
    mutating func namedPermissions(of record: AuditRecord) -> [NamedPermission] {
        var seen: Set<Name> = []
        var named: [NamedPermission] = []
        for name in record.permissions where seen.insert(name).inserted {
            if let known = permissions[record.objectClass]?[name] {
                named.append(known)
                continue
            }
            let (objectClass, text) = (record.objectClass.description, name.description)
            let found = NamedPermission(
                name: name, operations: hypercalls.operations(ofClass: objectClass, text), absence: hypercalls.absence(ofClass: objectClass, text),
                releases: VocabularyHistory.shared.releases(withPermission: text, of: objectClass))
            // Names that no release has are anybody's, and any number.
            if !found.releases.isEmpty { permissions[record.objectClass, default: [:]][name] = found }
            named.append(found)
        }
        return named
    }

    /// What a decision's target tells by being what it is.
    func findings(_ record: AuditRecord, target: SecurityContext, _ objects: [AuditObject], _ loaded: LoadedPolicy) -> [DenialCause] {
        let operations = record.permissions.map { hypercalls.operations(ofClass: record.objectClass.description, $0.description) }.filter { !$0.isEmpty }
        var causes: [DenialCause] = []
        let misread = operations.lazy.compactMap { self.misread($0, target) }.first
        if let misread {
            causes.append(misread)
        } else if isUnlabelled(target) {
            causes.append(.unlabelled(.target))
        }
        if operations.joined().contains(where: { $0.target == .hardware }) { causes += hardware(record, target: target, objects, loaded) }
        return causes
    }

    /// Whether a context is that of unlabelled things, and of nothing else.
    func isUnlabelled(_ context: SecurityContext) -> Bool {
        initialSIDs.map { $0.having(context).map(\.name) == ["unlabeled"] } ?? false
    }

    /// What all of a permission's operations are about is one initial SID, and the context is that of others.
    private func misread(_ operations: [HypercallOperation], _ target: SecurityContext) -> DenialCause? {
        guard case .initialSID(let expected)? = operations.first?.target, operations.allSatisfy({ $0.target == .initialSID(expected) }), let initialSIDs,
            initialSIDs.context(named: expected) != target
        else { return nil }
        let found = initialSIDs.having(target)
        guard !found.isEmpty else { return nil }
        let numbers = Set(found.map(\.number))
        // Of which release the log is may be known, by more than this.
        let releases = KnownVocabularies.all.filter { vocabulary in
            (log.isMixed || log.releases.contains(vocabulary.release))
                && (vocabulary.initialSIDs.firstIndex(of: expected).flatMap { UInt32(exactly: $0 + 1) }.map { numbers.contains($0) } ?? false)
        }.map(\.release)
        return .misreadInitialSID(expected: expected, found: found.map(\.name), releases: releases)
    }
}

extension DenialCause {
    /// Whether it comes about where a policy is for other releases of Xen.
    var isSignOfOtherRelease: Bool {
        switch self {
        case .unknownClass, .unknownPermission, .unnamedBits, .misreadInitialSID, .allowedNow: true
        default: false
        }
    }
}
