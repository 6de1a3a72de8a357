/// Which role a process gets when it enters a type.
public struct RoleTransition: Hashable, Sendable {
    public var role: UInt32
    public var type: UInt32
    /// Version 26 and later; Xen reads and ignores it.
    public var objectClass: UInt32
    public var newRole: UInt32

    public init(role: UInt32, type: UInt32, objectClass: UInt32, newRole: UInt32) {
        self.role = role
        self.type = type
        self.objectClass = objectClass
        self.newRole = newRole
    }
}

/// That a role may change to another.
public struct RoleAllow: Hashable, Sendable {
    public var role: UInt32
    public var newRole: UInt32

    public init(role: UInt32, newRole: UInt32) {
        self.role = role
        self.newRole = newRole
    }
}

/// Which range an object gets that a source makes.
public struct RangeTransition: Hashable, Sendable {
    public var source: UInt32
    public var target: UInt32
    public var objectClass: UInt32
    public var range: MLSRange

    public init(source: UInt32, target: UInt32, objectClass: UInt32, range: MLSRange) {
        self.source = source
        self.target = target
        self.objectClass = objectClass
        self.range = range
    }
}

/// Which type a file of a certain name gets (SELinux only: Xen refuses policies that have one).
public struct FilenameTransition: Hashable, Sendable {
    /// Sources that get the same type.
    public struct Result: Hashable, Sendable {
        public var sources: Bitmap
        public var type: UInt32

        public init(sources: Bitmap, type: UInt32) {
            self.sources = sources
            self.type = type
        }
    }

    public var name: Name
    public var target: UInt32
    public var objectClass: UInt32
    public var results: [Result]

    public init(name: Name, target: UInt32, objectClass: UInt32, results: [Result]) {
        self.name = name
        self.target = target
        self.objectClass = objectClass
        self.results = results
    }
}
