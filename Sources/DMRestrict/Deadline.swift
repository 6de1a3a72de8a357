import CSandbox

/// When waiting ends, by the clock that nobody sets.
public struct Deadline: Sendable {
    private let milliseconds: Int64

    /// A negative time is none.
    public init(in time: Duration) {
        let (seconds, attoseconds) = time.components
        milliseconds = sandbox_now() + min(max(seconds, 0), 1 << 32) * 1_000 + max(attoseconds, 0) / 1_000_000_000_000_000
    }

    /// In milliseconds; 0 or less when it is over.
    var rest: Int64 { milliseconds - sandbox_now() }

    public var isOver: Bool { rest <= 0 }
}
