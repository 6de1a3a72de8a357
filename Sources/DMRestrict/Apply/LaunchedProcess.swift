/// A device model that runs.
public struct LaunchedProcess: Hashable, Sendable {
    public let number: Int32
    /// A descriptor of it, by which it is signalled and waited for: its number may become another's, the descriptor never.
    public let descriptor: Int32
}
