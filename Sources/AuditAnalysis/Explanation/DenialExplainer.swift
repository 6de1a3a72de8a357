public import AuditLog
public import Flask
public import PolicyAnalysis
import PolicyCompiler
import Spelling

/// Says of decisions in a log what was tried, what a policy says of it now, and why.
///
/// What is allowed is what `LoadedPolicy` decides, as Xen does. Total over any records: what names nothing that the policy has is told as that. The policy is
/// made ready once, for as many decisions as there are.
public struct DenialExplainer: Sendable {
    let analysed: AnalysedPolicy?
    let loaded: LoadedPolicy?
    let booleans: [Bool]
    let initialSIDs: PolicyInitialSIDs?
    let log: LogOrigin
    let hypercalls = PermissionHypercalls.standard
    private let neverAllows: NeverAllowIndex?
    /// What the log and the policy disagree about as a whole; nil where nothing shows that they do.
    public let mismatch: ReleaseMismatch?
    private var contexts: [[UInt8]: Result<SecurityContext, QuestionMistake>] = [:]
    /// Where neverallow rules stand, which forbid much: by their statements.
    private var neverAllowPlaces: [[UInt32]: [StatementPlace]] = [:]
    /// What the tables say of permissions, by class and name.
    var permissions: [Name: [Name: NamedPermission]] = [:]
    /// For so many names that the policy does not have the nearest ones are looked for, which takes time with each of its names.
    private var searchesLeft = 1_000

    /// - Parameters:
    ///   - policy: the policy that is asked; without one only the lines themselves are explained.
    ///   - log: where the decisions come from.
    ///   - booleans: values that booleans are to have instead of the policy's.
    ///
    /// Throws `QuestionMistake` for a policy from which nothing can be decided, and for booleans that it does not have.
    public init(_ policy: AnalysedPolicy?, log: LogOrigin = LogOrigin(), booleans: [Boolean] = []) throws(QuestionMistake) {
        analysed = policy
        self.log = log
        guard let policy else {
            (loaded, self.booleans, initialSIDs, neverAllows, mismatch) = (nil, [], nil, nil, nil)
            return
        }
        self.booleans = try policy.values(booleans)
        loaded = try policy.loaded().setting(self.booleans)
        initialSIDs = PolicyInitialSIDs(policy)
        neverAllows = policy.neverAllowIndex().flatMap { $0.isEmpty ? nil : $0 }
        mismatch = policy.policy.target == .xen ? log.mismatch(with: VocabularyOutline(policy.policy).fittingReleases()) : nil
    }

    /// What is to be said of decisions that are alike.
    public mutating func explanation(of cell: DenialCell) -> DenialExplanation { explanation(of: cell.record, objects: cell.objects) }

    /// What is to be said of a decision, with the hardware that it was about.
    public mutating func explanation(of record: AuditRecord, objects: [AuditObject] = []) -> DenialExplanation {
        var causes = linesOwn(record)
        let table = namedPermissions(of: record)
        guard let analysed, let loaded else { return explanation(record, table, causes) }
        let source = context(record.source, .source, loaded, &causes)
        let target = context(record.target, .target, loaded, &causes)
        guard let index = analysed.policy.classes.firstIndex(where: { $0.name == record.objectClass }) else {
            causes.append(unknownClass(record.objectClass, analysed.policy.classes.map(\.name)))
            return explanation(record, table, causes)
        }
        let known = analysed.policy.permissions(ofClass: index)
        if record.unnamedPermissions != 0 {
            causes.append(.unnamedBits(UnnamedBit.bits(of: record.unnamedPermissions, objectClass: record.objectClass, policyNames: known)))
        }
        if let target { causes += findings(record, target: target, objects, loaded) }
        if let source, isUnlabelled(source) { causes.append(.unlabelled(.source)) }
        var unknown: [Name: DenialCause] = [:]
        for permission in table where !known.contains(where: { $0.name == permission.name }) {
            unknown[permission.name] = unknownPermission(permission, known.map(\.name))
        }
        guard let source, let target, let number = UInt16(exactly: index + 1) else { return explanation(record, table, causes, unknown) }
        let question = AccessQuestion(
            source: source, target: target, objectClass: number, permissions: table.compactMap { name in known.first { $0.name == name.name } },
            booleans: booleans)
        let answer: AccessExplanation
        do throws(QuestionMistake) {
            answer = try analysed.explanation(of: question, by: loaded)
        } catch {
            return explanation(record, table, causes + [.undecidable(error)], unknown)
        }
        return explanation(record, table, causes, unknown, answer, question)
    }

    // MARK: Putting together

    /// What the table of hypercalls and the releases say of a permission.
    struct NamedPermission {
        let name: Name
        let operations: [HypercallOperation]
        let absence: String?
        let releases: [XenRelease]
    }

    private mutating func explanation(
        _ record: AuditRecord, _ table: [NamedPermission], _ causes: [DenialCause], _ unknown: [Name: DenialCause] = [:],
        _ answer: AccessExplanation? = nil, _ question: AccessQuestion? = nil
    ) -> DenialExplanation {
        var permissions: [DenialExplanation.Permission] = []
        for entry in table {
            var verdict = DenialExplanation.Verdict.undecided
            var causes = unknown[entry.name].map { [$0] } ?? []
            if let question, let told = answer?.permissions.first(where: { $0.name == entry.name }) {
                verdict = told.isAllowed ? .allowed : .denied
                causes += self.causes(of: told, record, question)
            }
            permissions.append(
                DenialExplanation.Permission(
                    name: entry.name, operations: entry.operations, absence: entry.absence, releases: entry.releases, verdict: verdict, causes: causes))
        }
        var causes = causes
        let isPermissive = answer?.isPermissive == true
        if isPermissive, let question, permissions.contains(where: { $0.verdict == .denied }) { causes.append(.permissive(typeName(question.source.type))) }
        if let mismatch, causes.contains(where: \.isSignOfOtherRelease) || permissions.contains(where: { $0.causes.contains(where: \.isSignOfOtherRelease) }) {
            causes.append(.otherRelease(mismatch))
        }
        return DenialExplanation(
            record: record, permissions: permissions, causes: causes, isPermissive: isPermissive, sourceOrigins: answer?.sourceOrigins ?? [],
            targetOrigins: answer?.targetOrigins ?? [])
    }

    /// What stands against a permission, and what is to be said of one that is allowed.
    private mutating func causes(of told: AccessExplanation.Permission, _ record: AuditRecord, _ question: AccessQuestion) -> [DenialCause] {
        if told.isAllowed { return record.verdict == .denied ? [.allowedNow(told.rules)] : [] }
        var causes: [DenialCause] = []
        for obstacle in told.obstacles {
            switch obstacle {
            case .noRule(let disabled):
                let remedies = disabled.filter(\.suffices) + disabled.filter { !$0.suffices }
                causes += remedies.isEmpty ? [.missingRule] : remedies.map { .boolean($0) }
                causes += prohibition(of: told.name, question)
            case .constraint(let entry, let isMLS, let failing): causes.append(isMLS ? .mls(entry, failing: failing) : .constraint(entry, failing: failing))
            case .roleAllow(let from, let to): causes.append(.roleAllow(from: from, to: to))
            case .bounds(let source, let target): causes.append(.bounds(source: source, target: target, places: boundsPlaces(question)))
            }
        }
        return causes
    }

    private mutating func prohibition(of permission: Name, _ question: AccessQuestion) -> [DenialCause] {
        guard let neverAllows, let number = question.permissions.first(where: { $0.name == permission })?.number else { return [] }
        let statements = neverAllows.statements(
            forbidding: 1 << (number - 1), ofClass: question.objectClass, source: question.source.type, target: question.target.type)
        guard !statements.isEmpty, let analysed else { return [] }
        if let known = neverAllowPlaces[statements] { return [.neverAllow(known)] }
        let places = analysed.places(ofStatements: statements) ?? []
        neverAllowPlaces[statements] = places
        return [.neverAllow(places)]
    }

    private func boundsPlaces(_ question: AccessQuestion) -> [StatementPlace]? {
        guard let analysed, let source = analysed.places(bounding: question.source.type) else { return nil }
        let target = question.target.type == question.source.type ? [] : analysed.places(bounding: question.target.type) ?? []
        return source + target.filter { !source.contains($0) }
    }

    private func typeName(_ type: UInt32) -> Name {
        guard let types = loaded?.policy.types, let place = Int(exactly: type), (1...max(types.count, 1)).contains(place), place <= types.count else { return "" }
        return types[place - 1]?.name ?? ""
    }

    // MARK: Contexts

    /// The context that a line means; nil, with the cause, where it means none of the policy's.
    private mutating func context(
        _ context: AuditRecord.Context, _ side: ContextSide, _ loaded: LoadedPolicy, _ causes: inout [DenialCause]
    ) -> SecurityContext? {
        guard case .text(let text) = context, let analysed else { return nil }
        let found: Result<SecurityContext, QuestionMistake>
        if let known = contexts[text] {
            found = known
        } else {
            let policyAsked = analysed
            let findsNearest = searchesLeft > 0
            do throws(QuestionMistake) {
                found = .success(try policyAsked.context(text, by: loaded, findsNearest: findsNearest))
            } catch {
                searchesLeft -= 1
                found = .failure(error)
            }
            contexts[text] = found
        }
        switch found {
        case .success(let context): return context
        case .failure(let mistake):
            causes.append(.unknownContext(side, text, mistake))
            return nil
        }
    }

    private mutating func unknownClass(_ name: Name, _ known: [Name]) -> DenialCause {
        .unknownClass(name, nearest: nearest(name, known), releases: VocabularyHistory.shared.releases(withClass: name.description))
    }

    private mutating func unknownPermission(_ permission: NamedPermission, _ known: [Name]) -> DenialCause {
        .unknownPermission(permission.name, nearest: nearest(permission.name, known), releases: permission.releases)
    }

    private mutating func nearest(_ name: Name, _ known: [Name]) -> [String] {
        guard searchesLeft > 0 else { return [] }
        searchesLeft -= 1
        return Spelling.nearest(name.description, among: known.map(\.description))
    }
}

extension AnalysedPolicy {
    /// The values of all booleans, with some that are to be others. Throws `QuestionMistake` for one that is not there.
    func values(_ changed: [Boolean]) throws(QuestionMistake) -> [Bool] {
        var values = policy.booleans.map(\.value)
        for boolean in changed {
            guard let place = policy.booleans.firstIndex(where: { $0.name == boolean.name }) else {
                throw .unknown(
                    what: "boolean", name: boolean.name.description,
                    nearest: Spelling.nearest(boolean.name.description, among: policy.booleans.map(\.name.description)))
            }
            values[place] = boolean.value
        }
        return values
    }
}
