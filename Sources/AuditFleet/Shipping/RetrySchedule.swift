/// How often something is tried again, and after which pauses: each twice as long as the one before.
public struct RetrySchedule: Hashable, Sendable {
    /// In seconds.
    public var first: Int
    public var longest: Int
    /// Nil for ever.
    public var attempts: Int?

    /// Some tries within half a minute.
    public static let brief = RetrySchedule(first: 1, longest: 8, attempts: 4)
    /// For ever, at least once a minute.
    public static let lasting = RetrySchedule(first: 1, longest: 60, attempts: nil)

    public init(first: Int, longest: Int, attempts: Int?) {
        self.first = max(0, first)
        self.longest = max(self.first, longest)
        self.attempts = attempts
    }

    /// How long to wait before a retry, counted from 0; nil when there is none any more.
    public func seconds(before retry: Int) -> Int? {
        if let attempts, retry >= attempts { return nil }
        return retry < 32 ? min(longest, first << retry) : longest
    }
}
