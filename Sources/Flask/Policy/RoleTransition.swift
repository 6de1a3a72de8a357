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
