import Flask

/// A type, attribute or alias as declared or required.
struct TypeSymbol: Sendable {
    enum Flavor: Hashable, Sendable { case type, attribute, alias }

    var flavor: Flavor
    /// For an alias the entry of the type that it names; else its own.
    var primary: Int
    /// Whether an alias was required before it was declared: it cannot be required any more then.
    var isRequiredAlias = false
    var isPermissive = false
    var isNeveraudit = false
    var expandTrue = false
    var expandFalse = false
}

/// A role or role attribute.
struct RoleSymbol: Sendable {
    let isAttribute: Bool
    /// The entry of the role that bounds it by name, in a block.
    var bounds: Int?
    /// The block that declares it, where nothing mentions it before: what checkpolicy says of a role's dominating
    /// itself stands there, and goes when the block takes no effect.
    var firstBlock: UInt32?
    /// The roles below it by the old role dominance, itself left out.
    var dominated: Set<Int> = []
}

/// A user. Its parts are those of all its declarations that hold.
struct UserSymbol: Sendable {
    /// The entry of the user that bounds it by name, in a block.
    var bounds: Int?
    /// The declarations, in order, each with the scope in which it stands.
    var declarations: [(scope: UInt32, node: Int)] = []
    /// What the declarations of each scope say, and under 0 what holds everywhere.
    var clearances: [UInt32: UserClearance] = [:]
    /// What holds everywhere, once all users are known.
    var range: MLSRange?
    var defaultLevel: MLSLevel?
}

/// A boolean or tunable.
struct BooleanSymbol: Sendable {
    var value: Bool
    let isTunable: Bool
}

/// An object class.
struct ClassSymbol: Sendable {
    var objectClass: ObjectClass
    /// Whether its permissions are given.
    var isDefined = false
    var accessVectorOffset: UInt32 = 0
}

/// A common.
struct CommonSymbol: Sendable {
    var table: PermissionTable
}

/// A sensitivity or an alias of one.
struct SensitivitySymbol: Sendable {
    /// The entry of the sensitivity that it is.
    let primary: Int
    let isAlias: Bool
    /// Its place in the order of dominance, counted from 1; 0 until that is known.
    var number: UInt32 = 0
    var categories: Bitmap = []
    /// Whether a `level` statement gives it its categories.
    var isDefined = false
}

/// A category or an alias of one.
struct CategorySymbol: Sendable {
    let number: UInt32
    let isAlias: Bool
}
