/// Grants that a process has mapped, which ends them all at once.
struct ProcessMapping: Sendable {
    var handles: [UInt32]
    let pages: [GuestPage]
    var notification = UnmapNotification()
}

/// Pages that a process shares with a domain.
struct ProcessShare: Sendable {
    let memory: SharedMemory
    let references: [UInt32]
    let frames: [UInt64]
    var notification = UnmapNotification()
}
