import Flask

/// Expands the statements of a source once more, and notes which of them make the rules that are asked about.
struct RuleOriginSearch {
    private struct Key: Hashable {
        let rule: Rule
        /// 0 for always; otherwise the condition's place and branch.
        let list: Int

        init(_ rule: Rule, _ list: Int) {
            self.rule = Rule(source: rule.source, target: rule.target, objectClass: rule.objectClass, kind: rule.kind, data: 0)
            self.list = list
        }
    }

    private let origins: StatementOrigins
    private let questions: [StatementOrigins.RuleQuestion]
    private var types: TypeExpansion
    private var places: [Key: [Int]] = [:]
    /// By type number, whether it is the source, or the target, of a rule that is asked about.
    private var isSource: [Bool]
    private var isTarget: [Bool]
    private var isClass: [Bool]
    private var sources: [UInt16] = []
    private var targets: [UInt16] = []
    /// For each question.
    private(set) var nodes: [Set<UInt32>]

    init(_ origins: StatementOrigins, _ questions: [StatementOrigins.RuleQuestion]) {
        self.origins = origins
        self.questions = questions
        types = origins.types
        isSource = [Bool](repeating: false, count: Int(UInt16.max) + 1)
        isTarget = isSource
        isClass = isSource
        nodes = [Set<UInt32>](repeating: [], count: questions.count)
        for (place, question) in questions.enumerated() {
            isSource[Int(question.rule.source)] = true
            isTarget[Int(question.rule.target)] = true
            isClass[Int(question.rule.objectClass)] = true
            let list = question.condition.map { Self.list($0.place, $0.branch) } ?? 0
            places[Key(question.rule, list), default: []].append(place)
        }
    }

    private static func list(_ place: Int, _ branch: Bool) -> Int { place * 2 + (branch ? 1 : 2) }

    mutating func run() {
        guard !questions.isEmpty else { return }
        for scope in origins.scopes {
            let contents = origins.resolution.contents[Int(scope)]
            for rule in contents.rules { search(rule, 0) }
            for conditional in contents.conditionals { search(conditional) }
        }
    }

    private mutating func search(_ conditional: ResolvedConditional) {
        if conditional.isTunable {
            guard let state = conditional.expression.value({ origins.resolution.booleans[$0].value }) else { return }
            for rule in state ? conditional.whenTrue : conditional.whenFalse { search(rule, 0) }
            return
        }
        let condition = NormalizedCondition(conditional)
        guard let place = origins.conditionals.firstIndex(where: { condition.isMerged(with: $0) }) else { return }
        for rule in condition.normalized.whenTrue { search(rule, Self.list(place, true)) }
        for rule in condition.normalized.whenFalse { search(rule, Self.list(place, false)) }
    }

    private mutating func search(_ rule: ResolvedRule, _ list: Int) {
        let classes = origins.resolution.classes(rule)
        guard let kind = Rule.Kind(rule.kind), classes.contains(where: { isClass[Int($0.objectClass)] }) else { return }
        let always = kind.isType || rule.selfTarget != .none
        types.expand(rule.source, origins.resolution, always: always, into: &sources)
        guard sources.contains(where: { isSource[Int($0) + 1] }) else { return }
        types.expand(rule.target, origins.resolution, always: always, into: &targets)
        for source in sources where isSource[Int(source) + 1] {
            if rule.selfTarget == .included { note(rule, kind, source + 1, source + 1, classes, list) }
            for target in targets where isTarget[Int(target) + 1] { note(rule, kind, source + 1, target + 1, classes, list) }
        }
    }

    private mutating func note(
        _ rule: ResolvedRule, _ kind: Rule.Kind, _ source: UInt16, _ target: UInt16, _ classes: ArraySlice<ClassData>, _ list: Int
    ) {
        for entry in classes where isClass[Int(entry.objectClass)] {
            let key = Key(Rule(source: source, target: target, objectClass: entry.objectClass, kind: kind, data: 0), list)
            for place in places[key] ?? [] where adds(rule, entry.data, to: questions[place]) { nodes[place].insert(rule.node) }
        }
    }

    /// Whether a statement makes a part of what is asked about.
    private func adds(_ rule: ResolvedRule, _ data: UInt32, to question: StatementOrigins.RuleQuestion) -> Bool {
        switch rule.kind {
        case .access(.auditDeny): return ~data & ~question.rule.data & question.permissions != 0
        case .access(.dontAudit): return data & ~question.rule.data & question.permissions != 0
        case .access: return data & question.rule.data & question.permissions != 0
        case .type: return true
        case .extended:
            let permissions = origins.resolution.extendedPermissions[Int(rule.extended)]
            guard let wanted = question.extended else { return true }
            return permissions.kind == wanted.kind && permissions.driver == wanted.driver
                && zip(permissions.words, wanted.words).contains { $0 & $1 != 0 }
        }
    }
}

extension Rule.Kind {
    /// The kind of the rules that a statement becomes; nil for neverallow.
    fileprivate init?(_ kind: ResolvedRule.Kind) {
        switch kind {
        case .access(.allow): self = .allow
        case .access(.auditAllow): self = .auditAllow
        case .access(.auditDeny), .access(.dontAudit): self = .auditDeny
        case .type(.transition): self = .typeTransition
        case .type(.member): self = .typeMember
        case .type(.change): self = .typeChange
        case .extended(.allow): self = .allowExtended
        case .extended(.auditAllow): self = .auditAllowExtended
        case .extended(.dontAudit): self = .dontAuditExtended
        case .access(.neverAllow), .extended(.neverAllow): return nil
        }
    }
}
