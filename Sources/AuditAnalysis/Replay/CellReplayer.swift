import AuditLog
import Flask
import PolicyAnalysis

/// Asks a policy for decisions alone, which is much faster than for what they come from.
struct CellReplayer {
    private let analysed: AnalysedPolicy
    private let loaded: LoadedPolicy
    private let classes: [Name: Int]
    private var contexts: [[UInt8]: SecurityContext?] = [:]
    /// Says of what is undecided why.
    private var explainer: DenialExplainer

    init(_ analysed: AnalysedPolicy, log: LogOrigin, booleans: [Boolean]) throws(QuestionMistake) {
        self.analysed = analysed
        explainer = try DenialExplainer(analysed, log: log, booleans: booleans)
        guard let loaded = explainer.loaded else { throw .undecidable(reason: "its booleans are others") }
        self.loaded = loaded
        classes = Dictionary(analysed.policy.classes.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    var mismatch: ReleaseMismatch? { explainer.mismatch }

    mutating func replay(_ cell: DenialCell) -> ReplayedCell {
        let record = cell.record
        var seen: Set<Name> = []
        let names = record.permissions.filter { seen.insert($0).inserted }
        guard let source = context(record.source), let target = context(record.target), let index = classes[record.objectClass],
            let number = UInt16(exactly: index + 1), let decision = try? loaded.accessDecision(source: source, target: target, objectClass: number)
        else { return undecided(cell, names.map { ReplayedCell.Permission(name: $0, isAllowed: nil) }) }
        let known = analysed.policy.permissions(ofClass: index)
        let permissions = names.map { name in
            let bit = known.first { $0.name == name }?.number
            return ReplayedCell.Permission(name: name, isAllowed: bit.map { decision.allowed >> ($0 - 1) & 1 == 1 })
        }
        let allowed = permissions.count { $0.isAllowed == true }
        let denied = permissions.count { $0.isAllowed == false }
        let isWhole = allowed + denied == permissions.count && !permissions.isEmpty && record.unnamedPermissions == 0
        let verdict: ReplayVerdict
        switch (record.verdict, denied > 0) {
        case (_, true) where decision.isPermissive: verdict = .permissive
        case (.granted, true): verdict = .newlyDenied
        case (.denied, true): verdict = allowed > 0 ? .allowedInPart : .stillDenied
        case (_, false) where !isWhole: return undecided(cell, permissions)
        case (.granted, false): verdict = .stillGranted
        case (.denied, false): verdict = .nowAllowed
        }
        return ReplayedCell(cell: cell, verdict: verdict, permissions: permissions, lacks: isWhole ? [] : lacks(cell))
    }

    private mutating func undecided(_ cell: DenialCell, _ permissions: [ReplayedCell.Permission]) -> ReplayedCell {
        ReplayedCell(cell: cell, verdict: .undecided, permissions: permissions, lacks: lacks(cell))
    }

    private mutating func lacks(_ cell: DenialCell) -> [DenialCause] {
        let explanation = explainer.explanation(of: cell.record)
        return (explanation.causes + explanation.permissions.flatMap(\.causes)).filter { cause in
            switch cause {
            case .unknownContext, .unknownClass, .unknownPermission, .noContext, .unnamedBits, .noPermissions, .undecidable: true
            default: false
            }
        }
    }

    /// Nil for one that the policy does not have.
    private mutating func context(_ context: AuditRecord.Context) -> SecurityContext? {
        guard case .text(let text) = context else { return nil }
        if let known = contexts[text] { return known }
        let found = try? loaded.context(text)
        contexts[text] = .some(found)
        return found
    }
}
