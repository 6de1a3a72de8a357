/// What a log does not say of itself.
public struct LogReaderOptions: Hashable, Sendable {
    /// The latest time that a line can have, in microseconds since 1970: a date without a year is of the last year in which it is not later.
    public var latest: Int64
    /// How far its clock is ahead of UTC where a date has no zone, in microseconds.
    public var zoneOffset: Int64

    public init(latest: Int64 = .max, zoneOffset: Int64 = 0) {
        self.latest = latest
        self.zoneOffset = zoneOffset
    }
}
