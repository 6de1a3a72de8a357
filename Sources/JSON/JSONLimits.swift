/// How much a document may be.
public struct JSONLimits: Hashable, Sendable {
    /// Of the whole document.
    public var bytes: Int
    /// How many arrays and objects may lie within each other; never more than ``greatestDepth``, as reading them takes stack.
    public var depth: Int
    /// Of values in all: members, elements, and the document's own.
    public var values: Int

    public static let greatestDepth = 512

    public init(bytes: Int = 1 << 24, depth: Int = 64, values: Int = 1 << 20) {
        self.bytes = bytes
        self.depth = depth
        self.values = values
    }
}
