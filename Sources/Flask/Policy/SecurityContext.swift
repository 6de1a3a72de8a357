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

/// The context of an initial SID.
public struct InitialContext: Hashable, Sendable {
    /// The initial SID's number, counted from 1 in the order of declaration.
    public var sid: UInt32
    public var context: SecurityContext

    public init(sid: UInt32, context: SecurityContext) {
        self.sid = sid
        self.context = context
    }
}
