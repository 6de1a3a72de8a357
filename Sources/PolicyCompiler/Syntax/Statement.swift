import Flask

/// A list of names in ``Syntax/names``, with the markers `-`, `~` and `*` among them as they stand: `~` first.
struct NameList: Hashable, Sendable {
    let first: UInt32
    let count: UInt32

    static let empty = NameList(first: 0, count: 0)

    var range: Range<Int> { Int(first)..<Int(first + count) }
    var isEmpty: Bool { count == 0 }
}

/// A stretch of ``Syntax/constraintTerms`` or of ``Syntax/conditionTerms``.
struct ExpressionRange: Hashable, Sendable {
    let first: UInt32
    let count: UInt32

    var range: Range<Int> { Int(first)..<Int(first + count) }
}

/// A level as written: `s0:c0.c3,c7`.
struct LevelSyntax: Hashable, Sendable {
    let sensitivity: NameReference
    let categories: NameList
}

/// A range as written; `high` is nil where one level stands for both.
struct RangeSyntax: Hashable, Sendable {
    let low: LevelSyntax
    let high: LevelSyntax?
}

/// A security context as written.
struct ContextSyntax: Hashable, Sendable {
    let user: NameReference
    let role: NameReference
    let type: NameReference
    let range: RangeSyntax?
}

/// One statement of the policy language, names not yet looked up.
///
/// Blocks are not nested: their begin, else and end are statements of their own, so that a text of any depth is one
/// flat list.
enum Statement: Sendable {
    case objectClass(NameReference)
    case initialSID(NameReference)
    case common(NameReference, permissions: NameList)
    case accessVector(NameReference, inherits: NameReference?, permissions: NameList?)
    case objectDefault(ObjectDefault, classes: NameList, value: UInt32)

    case sensitivity(NameReference, aliases: NameList)
    case dominance(NameList)
    case category(NameReference, aliases: NameList)
    case level(NameReference, categories: NameList)

    case attribute(NameReference)
    case expandAttribute(NameList, Bool)
    case type(NameReference, aliases: NameList, attributes: NameList)
    case typeAlias(NameReference, aliases: NameList)
    case typeAttribute(NameReference, attributes: NameList)
    case typeBounds(NameReference, children: NameList)
    case boolean(NameReference, value: Bool, isTunable: Bool)
    case permissive(NameReference)
    case neveraudit(NameReference)
    case policyCapability(NameReference)

    case rule(AccessRule)
    case typeRule(TypeRule)
    case extendedRule(ExtendedRule)
    case rangeTransition(source: NameList, target: NameList, classes: NameList?, RangeIndex)

    case attributeRole(NameReference)
    case role(NameReference, attributes: NameList)
    case roleTypes(NameReference, types: NameList)
    case roleAttribute(NameReference, attributes: NameList)
    case roleAllow(source: NameList, target: NameList)
    /// One role of the old role dominance, and the roles directly below it; inner roles come first.
    case roleDominance(NameReference, dominated: NameList)
    case roleTransition(roles: NameList, types: NameList, classes: NameList?, newRole: NameReference)

    case ifBegin(ExpressionRange)
    case ifElse
    case ifEnd
    case optionalBegin
    case optionalElse
    case optionalEnd
    case requireClass(NameReference, permissions: NameList)
    case require(RequiredSymbol, NameReference)

    case user(NameReference, roles: NameList, level: LevelIndex?, range: RangeIndex?)
    /// `permissions` is nil for validatetrans.
    case constraint(classes: NameList, permissions: NameList?, ExpressionRange)

    case initialContext(NameReference, ContextIndex)
    case interruptContext(UInt32, ContextIndex)
    case ioMemoryContext(low: UInt64, high: UInt64, ContextIndex)
    case ioPortContext(low: UInt32, high: UInt32, ContextIndex)
    case pciDeviceContext(UInt32, ContextIndex)
    case deviceTreeContext(NameReference, ContextIndex)
    case filesystemUse(NetworkContexts.FilesystemUse.Behaviour, NameReference, ContextIndex)
    case genfsContext(NameReference, path: NameReference, kind: NameReference?, ContextIndex)
    case portContext(NameReference, low: UInt32, high: UInt32, ContextIndex)
    case interfaceContext(NameReference, ContextIndex, ContextIndex)
    case nodeContext(NameReference, mask: NameReference?, isIPv6: Bool, ContextIndex)
    case partitionKeyContext(NameReference, low: UInt32, high: UInt32, ContextIndex)
    case endPortContext(NameReference, port: UInt32, ContextIndex)

    /// Indices into ``Syntax/contexts``, ``Syntax/ranges`` and ``Syntax/levels``: rare and large parts stand aside.
    struct ContextIndex: Hashable, Sendable { let value: UInt32 }
    struct RangeIndex: Hashable, Sendable { let value: UInt32 }
    struct LevelIndex: Hashable, Sendable { let value: UInt32 }

    enum ObjectDefault: Hashable, Sendable { case user, role, type, range }

    enum RequiredSymbol: Hashable, Sendable {
        case role, type, attribute, attributeRole, user, boolean, tunable, sensitivity, category

        /// For messages.
        var withArticle: String {
            switch self {
            case .role: "a role"
            case .type: "a type"
            case .attribute: "an attribute"
            case .attributeRole: "a role attribute"
            case .user: "a user"
            case .boolean: "a boolean"
            case .tunable: "a tunable"
            case .sensitivity: "a sensitivity"
            case .category: "a category"
            }
        }
    }
}

/// allow, auditallow, auditdeny, dontaudit and neverallow.
struct AccessRule: Hashable, Sendable {
    enum Kind: Hashable, Sendable { case allow, auditAllow, auditDeny, dontAudit, neverAllow }

    let kind: Kind
    let source: NameList
    let target: NameList
    let classes: NameList
    let permissions: NameList
}

/// type_transition, type_member and type_change.
struct TypeRule: Hashable, Sendable {
    enum Kind: Hashable, Sendable { case transition, member, change }

    let kind: Kind
    let source: NameList
    let target: NameList
    let classes: NameList
    let newType: NameReference
    let fileName: NameReference?
}

/// allowxperm, auditallowxperm, dontauditxperm and neverallowxperm.
struct ExtendedRule: Hashable, Sendable {
    enum Kind: Hashable, Sendable { case allow, auditAllow, dontAudit, neverAllow }

    let kind: Kind
    let source: NameList
    let target: NameList
    let classes: NameList
    let operation: NameReference
    /// Ranges of numbers in ``Syntax/extendedRanges``.
    let ranges: ExpressionRange
    let isComplement: Bool
}
