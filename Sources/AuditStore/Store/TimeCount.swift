/// How many decisions there are in a stretch of time.
public struct TimeCount: Hashable, Sendable {
    /// Where it begins, and how long it is, in microseconds.
    public var start: Int64
    public var width: Int64
    public var count: UInt64

    public init(start: Int64, width: Int64, count: UInt64) {
        self.start = start
        self.width = width
        self.count = count
    }
}
