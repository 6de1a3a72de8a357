/// Why a text is no table of permissions.
public struct FlowPermissionsMistake: Error, Hashable, Sendable {
    /// Counted from 1; 0 where it is about the whole.
    public let line: Int
    public let reason: String
}
