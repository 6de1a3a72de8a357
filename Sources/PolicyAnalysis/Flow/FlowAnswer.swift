public import Flask

/// Where information can go.
public struct FlowAnswer: Sendable {
    /// A type that is reached, and the one before it on a shortest path.
    public struct Reached: Sendable {
        public let type: Name
        public let distance: Int
        public let previous: Name
    }

    /// A permission that the table does not name, and that rules give.
    public struct UnknownPermission: Hashable, Sendable {
        public let objectClass: Name
        public let permission: Name
    }

    /// The types from which was asked, and to which; nil where all were asked for.
    public let sources: [Name]
    public let targets: [Name]?
    /// What is reached, the nearest first; empty where a target was asked for.
    public let reached: [Reached]
    /// A shortest way to each that is reached, step by step; empty unless it was asked for.
    public let tree: [FlowStep]
    /// The steps of each path.
    public let paths: [[FlowStep]]
    /// How many steps a shortest path has; nil for no path.
    public let distance: Int?
    /// Whether there are more paths.
    public let hasMore: Bool
    /// Whether there may be more, because there was too much to look at.
    public let mayHaveMore: Bool
    /// In the order of classes; whether they counted is as was asked.
    public let unknown: [UnknownPermission]
    /// How many accesses were taken for possible because there are too many contexts to try.
    public let assumed: Int
}
