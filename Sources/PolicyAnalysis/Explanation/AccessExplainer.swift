import Flask
import PolicyCompiler

/// Finds what a policy's decision comes from.
struct AccessExplainer {
    let analysed: AnalysedPolicy
    let loaded: LoadedPolicy
    let question: AccessQuestion
    let writer: StatementWriter
    private let decision: AccessDecision
    private let violations: [BoundsViolation]
    private var policy: Policy { analysed.policy }

    /// Comparisons of a constraint are told up to this number, and rules that other booleans would bring into force.
    private static let culpritLimit = 64
    private static let remedyLimit = 16
    /// Transitions that make a type are told up to this number.
    static let originLimit = 8

    init(_ analysed: AnalysedPolicy, _ loaded: LoadedPolicy, _ question: AccessQuestion) throws(QuestionMistake) {
        self.analysed = analysed
        self.loaded = loaded
        self.question = question
        writer = StatementWriter(analysed.policy, usesSelf: false)
        var violations: [BoundsViolation] = []
        decision = try Self.decide(loaded, question, &violations)
        self.violations = violations
    }

    private static func decide(
        _ loaded: LoadedPolicy, _ question: AccessQuestion, _ violations: inout [BoundsViolation]
    ) throws(QuestionMistake) -> AccessDecision {
        do throws(DecisionError) {
            return try loaded.accessDecision(
                source: question.source, target: question.target, objectClass: question.objectClass, violations: &violations)
        } catch {
            throw .undecidable(reason: "\(error)")
        }
    }

    func explanation() throws(QuestionMistake) -> AccessExplanation {
        let asked = question.permissions.reduce(0) { $0 | Self.bit($1) }
        let matching = matchingRules(asked)
        let enabled = matching.filter { $0.condition?.isEnabled != false }
        let disabled = matching.filter { $0.condition?.isEnabled == false }
        var permissions: [AccessExplanation.Permission] = []
        for permission in question.permissions {
            let bit = Self.bit(permission)
            let isAllowed = decision.allowed & bit != 0
            permissions.append(
                AccessExplanation.Permission(
                    name: permission.name, isAllowed: isAllowed,
                    isAudited: (isAllowed ? decision.auditAllow : decision.auditDeny) & bit != 0,
                    rules: try entries(enabled, giving: bit),
                    obstacles: isAllowed ? [] : try obstacles(bit, enabled, disabled)))
        }
        return AccessExplanation(
            permissions: permissions, isPermissive: decision.isPermissive,
            sourceOrigins: try origins(of: question.source.type), targetOrigins: try origins(of: question.target.type))
    }

    /// What the rules say about one permission.
    private func entries(_ rules: [FoundStatement], giving bit: UInt32) throws(QuestionMistake) -> [SearchAnswer.Entry] {
        let found = rules.compactMap { $0.narrowed(to: bit) }
        return try SearchAnswer(found, of: analysed, permissions: PermissionCriterion(bit, ofClass: question.objectClass)).entries
    }

    static func bit(_ permission: PermissionTable.Permission) -> UInt32 { 1 << (permission.number - 1) }

    // MARK: Rules

    /// The allow rules about the two types, by themselves or by attributes, that give any of the permissions.
    private func matchingRules(_ permissions: UInt32) -> [FoundStatement] {
        let source = attributes(of: question.source.type)
        let target = attributes(of: question.target.type)
        func matches(_ rule: Rule) -> Bool {
            rule.kind == .allow && rule.objectClass == question.objectClass && rule.data & permissions != 0
                && source.contains(Int(rule.source) - 1) && target.contains(Int(rule.target) - 1)
        }
        var found = policy.rules.rules.filter(matches).map { FoundStatement(.rule($0)) }
        for (place, conditional) in policy.conditionals.enumerated() {
            let value = conditional.value(question.booleans)
            for (branch, rules) in [(true, conditional.whenTrue), (false, conditional.whenFalse)] {
                let condition = RuleCondition(place: place, branch: branch, isEnabled: value == branch)
                found += rules.filter(matches).map { FoundStatement(.rule($0), condition) }
            }
        }
        return found
    }

    /// The type itself among them.
    private func attributes(of type: UInt32) -> Bitmap {
        let index = Int(type) - 1
        return policy.typeAttributes.indices.contains(index) ? policy.typeAttributes[index] : [index]
    }

    /// The type transitions whose result a type is.
    private func origins(of type: UInt32) throws(QuestionMistake) -> [SearchAnswer.Entry] {
        let found = policy.rules.rules.lazy.filter { $0.kind == .typeTransition && $0.data == type }.prefix(Self.originLimit)
        return try SearchAnswer(found.map { FoundStatement(.rule($0)) }, of: analysed, permissions: nil).entries
    }

    // MARK: Obstacles

    private func obstacles(
        _ bit: UInt32, _ enabled: [FoundStatement], _ disabled: [FoundStatement]
    ) throws(QuestionMistake) -> [AccessObstacle] {
        var obstacles: [AccessObstacle] = []
        if !enabled.contains(where: { $0.grants & bit != 0 }) {
            var remedies: [BooleanRemedy] = []
            for entry in try entries(disabled, giving: bit) where remedies.count < Self.remedyLimit {
                if let remedy = try remedy(entry, bit) { remedies.append(remedy) }
            }
            obstacles.append(.noRule(disabled: remedies))
        }
        obstacles += try constraints(bit)
        let names = writer.names
        if isTransition(bit), question.source.role != question.target.role,
            !policy.roleAllows.contains(RoleAllow(role: question.source.role, newRole: question.target.role))
        {
            obstacles.append(.roleAllow(from: names.role(question.source.role), to: names.role(question.target.role)))
        }
        // What bounds the bounding types is theirs to answer for.
        if violations.contains(where: { $0.permissions & bit != 0 && $0.source == question.source && $0.target == question.target }) {
            obstacles.append(.bounds(source: names.type(bound(question.source.type)), target: names.type(bound(question.target.type))))
        }
        return obstacles
    }

    /// The type that bounds another, or that itself.
    private func bound(_ type: UInt32) -> UInt32 {
        let bounds = policy.types[Int(type) - 1]?.bounds ?? 0
        return bounds == 0 ? type : bounds
    }

    /// Whether it is a domain's permission to become another.
    private func isTransition(_ bit: UInt32) -> Bool {
        let index = Int(question.objectClass) - 1
        return policy.classes[index].name == policy.subjectClass && question.permissions.contains { $0.name == "transition" && Self.bit($0) == bit }
    }

    private func constraints(_ bit: UInt32) throws(QuestionMistake) -> [AccessObstacle] {
        let number = Int(question.objectClass)
        var obstacles: [AccessObstacle] = []
        for (place, constraint) in policy.classes[number - 1].constraints.enumerated() where constraint.permissions & bit != 0 {
            guard let tree = ConstraintTree(constraint.expression, source: question.source, target: question.target, policy), !tree.isTrue
            else { continue }
            let statement = FoundStatement(.constraint(constraint, objectClass: number, place: place))
            guard let entry = try SearchAnswer([statement], of: analysed, permissions: nil).entries.first else { continue }
            var clauses: [ConstraintClause] = []
            for culprit in tree.culprits(limit: Self.culpritLimit) {
                let clause = ConstraintClause(culprit, source: question.source, target: question.target, writer)
                if !clauses.contains(clause) { clauses.append(clause) }
            }
            obstacles.append(.constraint(entry, isMLS: writer.isMLS(constraint), failing: clauses))
        }
        return obstacles
    }

    // MARK: Booleans

    /// Nil where no values would have the rule hold.
    private func remedy(_ entry: SearchAnswer.Entry, _ bit: UInt32) throws(QuestionMistake) -> BooleanRemedy? {
        guard let condition = entry.found.condition else { return nil }
        var values = question.booleans
        let changes: [Int]?
        do throws(Conditional.TooManyBooleans) {
            changes = try policy.conditionals[condition.place].changes(toHave: condition.branch, &values)
        } catch {
            return BooleanRemedy(rule: entry, settings: [], suffices: false)
        }
        guard let changes else { return nil }
        for place in changes { values[place].toggle() }
        guard let changed = loaded.setting(values) else { return nil }
        var violations: [BoundsViolation] = []
        let decision = try Self.decide(changed, question, &violations)
        let settings = changes.map { Boolean(name: policy.booleans[$0].name, value: values[$0]) }
        return BooleanRemedy(rule: entry, settings: settings, suffices: decision.allowed & bit != 0)
    }
}

extension FoundStatement {
    /// The permissions that an allow rule gives.
    fileprivate var grants: UInt32 {
        if case .rule(let rule) = statement, rule.kind == .allow { rule.data } else { 0 }
    }

    /// What an allow rule says about one permission; nil for nothing.
    fileprivate func narrowed(to bit: UInt32) -> FoundStatement? {
        guard case .rule(var rule) = statement, grants & bit != 0 else { return nil }
        rule.data = bit
        return FoundStatement(.rule(rule), condition)
    }
}
