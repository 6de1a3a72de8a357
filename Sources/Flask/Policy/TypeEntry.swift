/// A type or an attribute.
public struct TypeEntry: Hashable, Sendable {
    public var name: Name
    public var isAttribute: Bool
    /// The number of the type that bounds it, or 0.
    public var bounds: UInt32 = 0

    public init(name: Name, isAttribute: Bool) {
        self.name = name
        self.isAttribute = isAttribute
    }
}
