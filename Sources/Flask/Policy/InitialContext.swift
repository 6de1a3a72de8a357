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
