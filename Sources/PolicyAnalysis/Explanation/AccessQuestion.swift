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
}
