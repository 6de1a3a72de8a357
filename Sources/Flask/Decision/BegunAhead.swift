import Dispatch

import Locking
import Synchronization

/// A value that another thread may begin to compute while the one that will need it does something else.
///
/// Nobody waits for a thread that has not come: who asks for the value first computes it when nobody has begun to.
final class BegunAhead<Value: Sendable>: Sendable {
    private enum State {
        case notBegun(@Sendable () -> Value)
        case begun
        case done(Value)
    }

    private let state: Lock<State>
    private let isDone = DispatchSemaphore(value: 0)

    init(_ compute: @escaping @Sendable () -> Value) {
        state = Lock(.notBegun(compute))
        DispatchQueue.global(qos: .userInitiated).async { [self] in
            guard let compute = begin() else { return }
            let value = compute()
            state.withLock { $0 = .done(value) }
            isDone.signal()
        }
    }

    /// A value that is there already.
    init(hereAndNow value: Value) {
        state = Lock(.done(value))
    }

    /// The computation, for whoever comes first.
    private func begin() -> (@Sendable () -> Value)? {
        state.withLock { state in
            guard case .notBegun(let compute) = state else { return nil }
            state = .begun
            return compute
        }
    }

    /// The value, to be asked for once.
    func finish() -> Value {
        if let compute = begin() { return compute() }
        while true {
            if let value = state.withLock({ state -> Value? in if case .done(let value) = state { value } else { nil } }) {
                return value
            }
            isDone.wait()
        }
    }
}
