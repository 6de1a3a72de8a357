/// Why a table of hypercalls cannot be read.
public struct PermissionHypercallsMistake: Error, Hashable, Sendable {
    /// The line, counted from 1; 0 for the whole.
    public let line: Int
    public let reason: String
}
