public import Flask

/// Whether a source may do something to a target, both with full contexts.
public struct AccessQuestion: Hashable, Sendable {
    public let source: SecurityContext
    public let target: SecurityContext
    /// The class's number.
    public let objectClass: UInt16
    /// By name, in the order in which they were asked.
    public let permissions: [PermissionTable.Permission]
    /// The values of the booleans, by index.
    public var booleans: [Bool]

    /// The contexts' symbols, the class and the permissions must be the policy's own, and the booleans as many as it has.
    public init(
        source: SecurityContext, target: SecurityContext, objectClass: UInt16, permissions: [PermissionTable.Permission], booleans: [Bool]
    ) {
        self.source = source
        self.target = target
        self.objectClass = objectClass
        self.permissions = permissions
        self.booleans = booleans
    }
}
