import Synchronization
import Threading

/// A value that another thread may begin to compute while the one that will need it does something else.
///
/// Nobody waits for a thread that has not come: who asks for the value first computes it when nobody has begun to.
final class BegunAhead<Value: Sendable>: Sendable {
    private enum State {
        case notBegun(@Sendable () -> Value)
        case done(Value)

        /// Computes it, where nobody has.
        mutating func finish() -> Value {
            switch self {
            case .done(let value): return value
            case .notBegun(let compute):
                let value = compute()
                self = .done(value)
                return value
            }
        }
    }

    /// Held while it is computed, so that who needs it meanwhile waits here.
    private let state: Lock<State>

    init(_ compute: @escaping @Sendable () -> Value) {
        state = Lock(.notBegun(compute))
        // Without a thread nothing is ahead.
        try? Thread.detached { [self] in state.withLock { _ = $0.finish() } }
    }

    /// A value that is there already.
    init(hereAndNow value: Value) {
        state = Lock(.done(value))
    }

    /// The value, to be asked for once.
    func finish() -> Value { state.withLock { $0.finish() } }
}
