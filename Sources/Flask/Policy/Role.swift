/// A role and the types that it may have.
public struct Role: Hashable, Sendable {
    public var name: Name
    /// The number of the role that bounds it, or 0.
    public var bounds: UInt32 = 0
    /// The roles that it dominates, as indices; itself is among them, except for `object_r`.
    public var dominates: Bitmap = []
    /// The types, as indices.
    public var types: Bitmap = []

    public init(name: Name) {
        self.name = name
    }
}
