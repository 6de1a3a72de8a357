/// Where a controller's groups are: the tree of folders in which the kernel has them.
public struct ControlGroupPlace: Hashable, Sendable {
    /// In version 1 controllers have trees of their own; in version 2 one tree is all's.
    public enum Version: Int64, Hashable, Sendable { case one = 1, two }

    public let version: Version
    /// The folder on which it is mounted.
    public let tree: String

    public init(_ version: Version, _ tree: String) {
        self.version = version
        self.tree = tree
    }
}
