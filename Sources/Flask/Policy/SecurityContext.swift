/// A security context: user, role and type by number, and a range.
public struct SecurityContext: Hashable, Sendable {
    public var user: UInt32
    public var role: UInt32
    public var type: UInt32
    public var range: MLSRange

    public init(user: UInt32, role: UInt32, type: UInt32, range: MLSRange = MLSRange()) {
        self.user = user
        self.role = role
        self.type = type
        self.range = range
    }
}
