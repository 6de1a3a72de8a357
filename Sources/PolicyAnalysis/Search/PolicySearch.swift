import Flask

/// A search through a policy: the criteria of a question by number, and what meets them.
struct PolicySearch {
    let policy: Policy
    let question: SearchQuestion
    let source: TypeCriterion?
    let target: TypeCriterion?
    let sourceRoles: Bitmap?
    let targetRoles: Bitmap?
    let resultType: TypeCriterion?
    let resultRoles: Bitmap?
    /// By class number; nil for all.
    let classes: [Bool]?
    let permissions: PermissionCriterion?
    let booleans: Bitmap?
    private(set) var found: [FoundStatement] = []

    init(_ question: SearchQuestion, in policy: Policy) throws(QuestionMistake) {
        self.question = question
        self.policy = policy
        let roles = policy.roles.map { $0?.name }
        let roleNames = roles.compactMap(\.self)
        func types(_ pattern: NamePattern?, _ isDirect: Bool) throws(QuestionMistake) -> TypeCriterion? {
            guard let pattern else { return nil }
            return try TypeCriterion(pattern, isDirect: isDirect, policy, or: roleNames)
        }
        func members(_ pattern: NamePattern?) throws(QuestionMistake) -> Bitmap? {
            guard let pattern else { return nil }
            var found = Bitmap()
            for (index, name) in roles.enumerated() {
                if let name, try pattern.matches(name) { found.insert(index) }
            }
            return found
        }
        source = try types(question.source, question.isSourceDirect)
        target = try types(question.target, question.isTargetDirect)
        resultType = try types(question.result, true)
        sourceRoles = try members(question.source)
        targetRoles = try members(question.target)
        resultRoles = try members(question.result)
        if question.classes.isEmpty {
            classes = nil
        } else {
            var wanted = [Bool](repeating: false, count: policy.classes.count + 1)
            for pattern in question.classes {
                for index in try pattern.indices(among: policy.classes.map(\.name), what: "class") { wanted[index + 1] = true }
            }
            classes = wanted
        }
        permissions = question.permissions.isEmpty
            ? nil : try PermissionCriterion(question.permissions, needsAll: question.needsAllPermissions, policy)
        if question.booleans.isEmpty {
            booleans = nil
        } else {
            var wanted = Bitmap()
            for pattern in question.booleans {
                for index in try pattern.indices(among: policy.booleans.map(\.name), what: "boolean") { wanted.insert(index) }
            }
            booleans = wanted
        }
    }

    mutating func run() {
        searchRules()
        guard booleans == nil, question.state == nil || question.state == .unconditional || question.state == .enabled else { return }
        if permissions == nil {
            searchTransitions()
            searchRoles()
            if classes == nil, source == nil, resultType == nil { searchContexts() }
        }
        if resultType == nil { searchConstraints() }
    }

    func wants(_ kind: StatementKind) -> Bool { question.kinds.isEmpty || question.kinds.contains(kind) }

    func wants(class number: some BinaryInteger) -> Bool { classes.map { Int(number) < $0.count && $0[Int(number)] } ?? true }

    mutating func add(_ statement: PolicyStatement, _ condition: RuleCondition? = nil) {
        found.append(FoundStatement(statement, condition))
    }

    // MARK: Rules

    private mutating func searchRules() {
        let wanted = RuleKinds(wants)
        guard !wanted.isEmpty else { return }
        if booleans == nil, question.state == nil || question.state == .unconditional || question.state == .enabled {
            for rule in policy.rules.rules where meets(rule, wanted) { add(.rule(rule)) }
        }
        guard question.state != .unconditional else { return }
        for (place, conditional) in policy.conditionals.enumerated() where names(conditional) {
            for (branch, rules) in [(true, conditional.whenTrue), (false, conditional.whenFalse)] {
                let isEnabled = conditional.state == branch
                guard question.state != .enabled || isEnabled, question.state != .disabled || !isEnabled else { continue }
                let condition = RuleCondition(place: place, branch: branch, isEnabled: isEnabled)
                for rule in rules where meets(rule, wanted) { add(.rule(rule), condition) }
            }
        }
    }

    /// Whether the condition is about a boolean that is asked for.
    private func names(_ conditional: Conditional) -> Bool {
        guard let booleans else { return true }
        return conditional.expression.contains { $0.operation == .boolean && booleans.contains(Int($0.boolean) - 1) }
    }

    private func meets(_ rule: Rule, _ kinds: RuleKinds) -> Bool {
        guard kinds.contains(rule.kind) else { return false }
        if let source, !source.contains(rule.source) { return false }
        if let target, !target.contains(rule.target) { return false }
        if let classes, !classes[Int(rule.objectClass)] { return false }
        if let permissions {
            if rule.kind.isType { return false }
            if rule.kind.isExtended {
                let extended = policy.rules.extendedPermissions[Int(rule.data)]
                if extended.kind == .netlinkMessage ? !permissions.namesNetlink : !permissions.namesIoctl { return false }
            } else {
                let vector = rule.kind == .auditDeny ? ~rule.data : rule.data
                if !permissions.isMet(by: vector, ofClass: Int(rule.objectClass)) { return false }
            }
        }
        if let resultType { return rule.kind.isType && resultType.contains(rule.data) }
        return true
    }

    /// Kinds of rules, as bits.
    private struct RuleKinds {
        private var bits: UInt16 = 0

        init(_ wants: (StatementKind) -> Bool) {
            for kind in [
                Rule.Kind.allow, .auditAllow, .auditDeny, .typeTransition, .typeMember, .typeChange, .allowExtended,
                .auditAllowExtended, .dontAuditExtended,
            ] where wants(StatementKind(kind)) { bits |= kind.rawValue }
        }

        var isEmpty: Bool { bits == 0 }

        @inline(__always)
        func contains(_ kind: Rule.Kind) -> Bool { kind.rawValue & bits != 0 }
    }
}
