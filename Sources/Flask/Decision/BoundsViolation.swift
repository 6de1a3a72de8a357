/// Permissions that rules grant to a bounded type, and not to the type that bounds it: they are taken away, and reported.
public struct BoundsViolation: Hashable, Sendable {
    public let source: SecurityContext
    public let target: SecurityContext
    public let objectClass: UInt16
    public let permissions: UInt32

    public init(source: SecurityContext, target: SecurityContext, objectClass: UInt16, permissions: UInt32) {
        self.source = source
        self.target = target
        self.objectClass = objectClass
        self.permissions = permissions
    }
}
