/// When a line was printed, as far as the line or what carries it says.
public enum LogTime: Hashable, Sendable {
    case unknown
    /// Microseconds since the hypervisor's clock started (`console_timestamps=boot`).
    case sinceStart(UInt64)
    /// Microseconds since 1970-01-01, UTC (`console_timestamps=date` and `datems`, and what syslog and the journal add).
    case date(Int64)
    /// The processor's counter (`console_timestamps=raw`, and every mode before the clock runs): it says what came first, and no more.
    case cycles(UInt64)
}
