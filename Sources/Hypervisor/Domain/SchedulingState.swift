/// What a domain has told the scheduler.
struct SchedulingState: Sendable {
    /// Why it is going to shut down, told before it does (`SCHEDOP_shutdown_code`).
    var announcedCode: UInt8?
    /// The seconds after which each of its watchdogs shuts it down; nil where one is not in use.
    var watchdogs: [UInt32?] = [nil, nil]
    /// Which processor of the machine a virtual one runs on for now.
    var pinned: [UInt32: Int32] = [:]
}
