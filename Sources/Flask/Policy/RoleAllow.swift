/// That a role may change to another.
public struct RoleAllow: Hashable, Sendable {
    public var role: UInt32
    public var newRole: UInt32

    public init(role: UInt32, newRole: UInt32) {
        self.role = role
        self.newRole = newRole
    }
}
