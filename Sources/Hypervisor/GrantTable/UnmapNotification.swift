/// What others are to find out when a mapping ends, so that they hear of it even if a process dies.
struct UnmapNotification: Hashable, Sendable {
    /// A byte that becomes zero, counted from the mapping's first.
    var byte: Int?
    /// A port that is notified.
    var port: UInt32?
}
