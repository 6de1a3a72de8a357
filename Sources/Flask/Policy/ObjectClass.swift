/// An object class: its permissions, and what constrains them.
public struct ObjectClass: Hashable, Sendable {
    public var name: Name
    /// The number of the common whose permissions come first, or 0. Xen refuses policies that have one.
    public var common: UInt32 = 0
    /// The class's own permissions; those of the common keep the low bits.
    public var permissions: [PermissionTable.Permission] = []
    /// How many permissions there are, the common's included.
    public var permissionCount: UInt32 = 0
    public var constraints: [Constraint] = []
    public var validateTransitions: [Constraint] = []
    public var defaults = Defaults()

    public init(name: Name) {
        self.name = name
    }

    /// Where a new object's context comes from (versions 27 and 28; Xen reads and ignores them). The numbers are
    /// the image's: 0 none, 1 source, 2 target; ranges 1…6 for low, high and both of each, 7 for the common range.
    public struct Defaults: Hashable, Sendable {
        public var user: UInt32 = 0
        public var role: UInt32 = 0
        public var type: UInt32 = 0
        public var range: UInt32 = 0

        public init() {}
    }
}
