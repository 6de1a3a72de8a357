/// Ends everything that a user runs, whatever it does against that.
///
/// Device models of a domain have a user of their own, so that what is left of one can be told by it. To kill all processes of a
/// user in one call, somebody must be allowed to kill these and no others, and must not be killed by them: he has the user for his
/// effective id, and for his real and saved ids one that nobody else has, the reaper's.
public struct Reaper: Hashable, Sendable {
    /// Whose processes are ended.
    public let user: UInt32
    /// An id that is kept for reaping. Whoever has it is ended as well: reapers take turns, by a lock.
    public let reaper: UInt32
    /// The file that reapers lock.
    public var lock = "/run/xsm-reaper.lock"
    /// How long it may take, waiting for the lock included.
    public var limit: Duration = .seconds(10)

    public init(user: UInt32, reaper: UInt32) {
        self.user = user
        self.reaper = reaper
    }
}
