/// Whether information can go from some types to others, and how.
public struct FlowQuestion: Sendable {
    public enum Paths: Sendable {
        /// All with as few steps as there can be.
        case shortest
        /// All that meet no type twice, the shortest first.
        case all
    }

    /// A type, or any of those that an attribute or an expression names.
    public var source: NamePattern
    /// Nil asks for all that is reached.
    public var target: NamePattern?
    public var paths = Paths.shortest
    /// Paths with more steps do not count; nil for no such bound: of all paths those are told then that have at most one step more than the
    /// shortest.
    public var maximumSteps: Int?
    /// So many paths are told.
    public var limit = 10

    /// Whether the steps to all that is reached are told, as a picture needs them; of paths they always are.
    public var tellsSteps = false

    public init(from source: NamePattern, to target: NamePattern? = nil) {
        self.source = source
        self.target = target
    }
}
