/// A role and the types that it may have.
public struct Role: Hashable, Sendable {
    public var name: Name
    /// The number of the role that bounds it, or 0.
    public var bounds: UInt32 = 0
    /// The roles that it dominates, as indices; itself is among them, except for `object_r`.
    public var dominates: Bitmap = []
    /// The types, as indices.
    public var types: Bitmap = []

    public init(name: Name) {
        self.name = name
    }
}

/// A type or an attribute.
public struct TypeEntry: Hashable, Sendable {
    public var name: Name
    public var isAttribute: Bool
    /// The number of the type that bounds it, or 0.
    public var bounds: UInt32 = 0

    public init(name: Name, isAttribute: Bool) {
        self.name = name
        self.isAttribute = isAttribute
    }
}

/// A user, its roles and its clearance.
public struct User: Hashable, Sendable {
    public var name: Name
    /// The number of the user that bounds it, or 0.
    public var bounds: UInt32 = 0
    /// The roles, as indices.
    public var roles: Bitmap = []
    public var range = MLSRange()
    public var defaultLevel = MLSLevel()

    public init(name: Name) {
        self.name = name
    }
}

/// A boolean and its value when the policy is loaded.
public struct Boolean: Hashable, Sendable {
    public var name: Name
    public var value: Bool

    public init(name: Name, value: Bool) {
        self.name = name
        self.value = value
    }
}

/// A sensitivity and the level that is declared for it.
public struct Sensitivity: Hashable, Sendable {
    public var name: Name
    public var level: MLSLevel

    public init(name: Name, level: MLSLevel) {
        self.name = name
        self.level = level
    }
}
