package import Flask

/// Statements of a policy.conf, one for each fact of a policy: what decompilation puts together, and what answers about a policy show.
package struct StatementWriter {
    package let policy: Policy
    package let names: PolicyNames
    package let expressions: ExpressionWriter
    /// Whether a rule of a type about itself says `self`.
    let usesSelf: Bool
    let layout: ImageLayout

    package init(_ policy: Policy, usesSelf: Bool, layout: ImageLayout = .checkpolicy3_6) {
        self.policy = policy
        self.usesSelf = usesSelf
        self.layout = layout
        names = PolicyNames(policy)
        expressions = ExpressionWriter(names: names, isPrefix: false)
    }

    // MARK: Rules

    /// A rule; nil where it holds nothing that has a name.
    package func text(_ rule: Rule) -> PolicyText? {
        let isSelf = usesSelf && rule.source == rule.target && !rule.kind.isType && !names.isAttribute(rule.source)
        let target: Name = isSelf ? "self" : names.type(rule.target)
        let key: PolicyText = "\(Self.word(rule.kind)) \(names.type(rule.source)) \(target):\(names.objectClass(rule.objectClass))"
        if rule.kind.isType { return "\(key) \(names.type(rule.data));" }
        if rule.kind.isExtended {
            let extended = policy.rules.extendedPermissions[Int(rule.data)]
            let ranges = extended.ranges.map { range -> PolicyText in
                range.low == range.high ? "\(hex: range.low) " : "\(hex: range.low)-\(hex: range.high) "
            }
            guard !ranges.isEmpty else { return nil }
            return "\(key) \(extended.kind == .netlinkMessage ? "nlmsg" : "ioctl") { \(ranges.joined(""))};"
        }
        let permissions = names.permissions(rule.kind == .auditDeny ? ~rule.data : rule.data, ofClass: rule.objectClass)
        guard !permissions.isEmpty else { return nil }
        return "\(key) { \(permissions.joined(" ")) };"
    }

    /// The keyword with which rules of a kind begin.
    package static func word(_ kind: Rule.Kind) -> String {
        switch kind {
        case .allow: "allow"
        case .auditAllow: "auditallow"
        case .auditDeny: "dontaudit"
        case .allowExtended: "allowxperm"
        case .auditAllowExtended: "auditallowxperm"
        case .dontAuditExtended: "dontauditxperm"
        case .typeTransition: "type_transition"
        case .typeMember: "type_member"
        default: "type_change"
        }
    }

    /// The transition by file name of one source; the type's number.
    package func text(_ transition: FilenameTransition, source: some BinaryInteger, type: UInt32) -> PolicyText {
        "type_transition \(names.type(source)) \(names.type(transition.target)):\(names.objectClass(transition.objectClass)) \(names.type(type)) \"\(transition.name)\";"
    }

    package func text(_ transition: RangeTransition) -> PolicyText {
        "range_transition \(names.type(transition.source)) \(names.type(transition.target)):\(names.objectClass(transition.objectClass)) \(range(transition.range));"
    }

    package func text(_ transition: RoleTransition) -> PolicyText {
        "role_transition \(names.role(transition.role)) \(names.type(transition.type)):\(names.objectClass(transition.objectClass)) \(names.role(transition.newRole));"
    }

    package func text(_ allow: RoleAllow) -> PolicyText {
        "allow \(names.role(allow.role)) \(names.role(allow.newRole));"
    }

    // MARK: Constraints

    /// Whether a constraint is about levels, and so stands among them. checkpolicy 3.4 takes those about the relabelling process for such ones.
    package func isMLS(_ constraint: Constraint) -> Bool {
        let first = layout == .checkpolicy3_5 ? Constraint.Attribute.relabellingProcess : .lowLow
        return policy.isMLS && constraint.expression.contains { $0.attribute.rawValue >= first.rawValue }
    }

    /// A constraint of a class, by its number; nil where its permissions have no name.
    package func text(_ constraint: Constraint, ofClass number: Int) -> PolicyText? {
        let prefix = isMLS(constraint) ? "mls" : ""
        let expression = expressions.text(constraint.expression)
        let objectClass = names.objectClass(number)
        if constraint.permissions == 0 { return "\(prefix)validatetrans \(objectClass) \(expression);" }
        let permissions = names.permissions(constraint.permissions, ofClass: number)
        guard !permissions.isEmpty else { return nil }
        return "\(prefix)constrain \(objectClass) { \(permissions.joined(" ")) } \(expression);"
    }

    // MARK: Levels

    package func level(_ level: MLSLevel) -> PolicyText {
        "\(names.sensitivity(level.sensitivity))\(categories(level.categories))"
    }

    package func range(_ range: MLSRange) -> PolicyText {
        "\(level(range.low)) - \(level(range.high))"
    }

    /// With the colon before them.
    package func categories(_ set: Bitmap) -> PolicyText {
        guard !set.isEmpty else { return "" }
        let runs = names.runs(set).map { run -> PolicyText in
            let (first, last) = (names.category(run.first), names.category(run.last))
            if run.first == run.last { return PolicyText(first) }
            return run.last == run.first + 1 ? "\(first),\(last)" : "\(first).\(last)"
        }
        return ":\(runs.joined(","))"
    }

    package func context(_ context: SecurityContext) -> PolicyText {
        let text: PolicyText = "\(names.user(context.user)):\(names.role(context.role)):\(names.type(context.type))"
        return policy.isMLS ? "\(text):\(range(context.range))" : text
    }
}
