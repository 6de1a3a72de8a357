import Flask

/// A set of types after lookup: entries of the type table, aliases replaced by what they name.
struct TypeSet: Hashable, Sendable {
    /// Stretches of ``Resolution/typePool``.
    let included: Range<UInt32>
    let excluded: Range<UInt32>
    let isStar: Bool
    let isComplement: Bool
}

/// A rule after lookup.
struct ResolvedRule: Sendable {
    enum Kind: Hashable, Sendable {
        case access(AccessRule.Kind)
        case type(TypeRule.Kind)
        case extended(ExtendedRule.Kind)
    }

    enum SelfTarget: Hashable, Sendable { case none, included, excluded }

    let kind: Kind
    let source: TypeSet
    let target: TypeSet
    let selfTarget: SelfTarget
    /// A stretch of ``Resolution/classPool``.
    let classes: Range<UInt32>
    /// An index into ``Resolution/extendedPermissions``.
    let extended: UInt32
    /// The statement that the rule comes from.
    let node: UInt32
}

/// A class with the permissions of a rule, or with the type that a type rule gives.
struct ClassData: Hashable, Sendable {
    let objectClass: UInt16
    var data: UInt32
}

/// An `if` after lookup: rules stand in reverse order of the source, as checkpolicy chains them.
struct ResolvedConditional: Sendable {
    /// In reverse Polish order; booleans by their entries.
    let expression: [Term]
    let signature: ConditionSignature
    var whenTrue: [ResolvedRule]
    var whenFalse: [ResolvedRule]
    let node: UInt32
    let isTunable: Bool

    init(
        expression: [Term], whenTrue: [ResolvedRule], whenFalse: [ResolvedRule], node: UInt32, isTunable: Bool
    ) {
        self.expression = expression
        signature = ConditionSignature(expression)
        self.whenTrue = whenTrue
        self.whenFalse = whenFalse
        self.node = node
        self.isTunable = isTunable
    }

    struct Term: Hashable, Sendable {
        let operation: Conditional.Operator
        let boolean: Int
    }
}

/// Roles, types and a class of a role_transition, after lookup.
struct ResolvedRoleTransition: Sendable {
    let roles: [Int]
    let types: TypeSet
    let classes: [UInt32]
    let newRole: Int
    let node: UInt32
}

struct ResolvedRoleAllow: Sendable {
    let sources: [Int]
    let targets: [Int]
    let node: UInt32
}

struct ResolvedRangeTransition: Sendable {
    let source: TypeSet
    let target: TypeSet
    let classes: [UInt32]
    let range: MLSRange
    let node: UInt32
}

struct ResolvedFilenameTransition: Sendable {
    let source: TypeSet
    let target: TypeSet
    let includesSelf: Bool
    let objectClass: UInt32
    let name: Identifier
    let newType: Int
    let node: UInt32
}

/// What stands in one scope, in the order in which it takes effect.
struct ScopeContents: Sendable {
    /// In source order.
    var rules: [ResolvedRule] = []
    /// The last one comes first, as checkpolicy chains them.
    var conditionals: [ResolvedConditional] = []
    /// These are in source order here and take effect last to first.
    var roleTransitions: [ResolvedRoleTransition] = []
    var roleAllows: [ResolvedRoleAllow] = []
    var rangeTransitions: [ResolvedRangeTransition] = []
    var filenameTransitions: [ResolvedFilenameTransition] = []
    /// Attribute and member, by entries of the type table.
    var typeAttributes: [(attribute: Int, member: Int)] = []
    /// Child and parent, by entries of the type table.
    var typeBounds: [(child: Int, parent: Int, node: UInt32)] = []
    /// The types that `role … types` gives, by entries of the role table.
    var roleTypes: [(role: Int, types: TypeSet)] = []
    /// Role attribute and member, by entries of the role table.
    var roleAttributes: [(attribute: Int, member: Int)] = []
}
