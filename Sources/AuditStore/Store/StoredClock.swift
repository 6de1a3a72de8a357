public import AuditLog

/// By which clock a time is that a store keeps as a number. Their numbers stand in databases.
public enum StoredClock: Int64, Sendable, CaseIterable {
    case none = 0
    /// Microseconds since the hypervisor's start.
    case start = 1
    /// Microseconds since 1970.
    case date = 2
    /// The processor's counter.
    case cycles = 3

    /// A time as a clock and a number.
    public static func parts(of time: LogTime) -> (clock: StoredClock, time: Int64) {
        switch time {
        case .unknown: (.none, 0)
        case .sinceStart(let time): (.start, Int64(bitPattern: time))
        case .date(let date): (.date, date)
        case .cycles(let count): (.cycles, Int64(bitPattern: count))
        }
    }

    /// The time; unknown by a clock that is none.
    public static func time(_ clock: Int64, _ time: Int64) -> LogTime {
        switch StoredClock(rawValue: clock) {
        case .start: .sinceStart(UInt64(bitPattern: time))
        case .date: .date(time)
        case .cycles: .cycles(UInt64(bitPattern: time))
        case .some(.none), nil: .unknown
        }
    }
}
