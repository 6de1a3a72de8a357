/// When a line was printed, as far as the line or what carries it says.
public enum LogTime: Hashable, Sendable {
    case unknown
    /// Microseconds since the hypervisor's clock started (`console_timestamps=boot`).
    case sinceStart(UInt64)
    /// Microseconds since 1970-01-01, UTC (`console_timestamps=date` and `datems`, and what syslog and the journal add).
    case date(Int64)
    /// The processor's counter (`console_timestamps=raw`, and every mode before the clock runs): it says what came first, and no more.
    case cycles(UInt64)

    /// Dates of the years 1 to 9999, in microseconds: no clock shows others.
    public static let calendar: ClosedRange<Int64> = -62_135_596_800_000_000...253_402_300_799_999_999

    /// A date that a file names, if a clock can have shown it.
    init(stated date: Int64?) {
        self = date.flatMap { Self.calendar.contains($0) ? .date($0) : nil } ?? .unknown
    }
}
