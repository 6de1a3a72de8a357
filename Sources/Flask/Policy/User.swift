/// A user, its roles and its clearance.
public struct User: Hashable, Sendable {
    public var name: Name
    /// The number of the user that bounds it, or 0.
    public var bounds: UInt32 = 0
    /// The roles, as indices.
    public var roles: Bitmap = []
    public var range = MLSRange()
    public var defaultLevel = MLSLevel()

    public init(name: Name) {
        self.name = name
    }
}
