import Foundation
import Synchronization

/// Something that one thread tells others.
final class TestFlag: Sendable {
    private let value = Atomic(false)
    var isSet: Bool { value.load(ordering: .relaxed) }
    func set() { value.store(true, ordering: .relaxed) }
}

extension Foundation.Thread {
    /// Starts a thread; what comes waits for its end.
    static func detached(_ body: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
        let done = DispatchSemaphore(value: 0)
        Foundation.Thread.detachNewThread {
            body()
            done.signal()
        }
        return { done.wait() }
    }
}
