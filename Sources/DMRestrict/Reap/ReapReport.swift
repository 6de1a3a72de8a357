/// What it took to end everything of a user's.
public struct ReapReport: Hashable, Sendable {
    /// How often all were killed until none was left; 0 when there was none.
    public let rounds: Int
    /// Processes that have ended and whose parents, which are others', have not asked how. They hold nothing.
    public let zombies: [Int32]
}
