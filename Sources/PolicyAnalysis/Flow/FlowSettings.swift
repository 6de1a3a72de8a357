/// What counts as a flow of information.
public struct FlowSettings: Sendable {
    /// What is made of a permission that the table does not name.
    public enum Unknown: String, CaseIterable, Sendable {
        /// It may be anything, so that nothing is overlooked.
        case both
        case none
    }

    /// Nil takes the table for the policy's classes.
    public var permissions: FlowPermissions?
    public var unknown = Unknown.both
    /// Permissions that weigh less do not count.
    public var minimumWeight: UInt8 = 1
    /// Values that booleans have instead of the policy's.
    public var booleans: [(name: String, value: Bool)] = []
    /// Types that information is trusted not to go through. They may be asked for themselves.
    public var excluded: [NamePattern] = []
    /// Whether a domain and what it is called where it or its device model looks at it (`type_transition X …:domain X_self`) are one.
    public var mergesViews = true

    public init() {}
}
