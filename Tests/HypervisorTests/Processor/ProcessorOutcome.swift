import Glibc
import Synchronization
import Testing
import Threading

@testable import Hypervisor

/// What a guest's processor does on another thread, which must come to its end.
final class ProcessorOutcome: Sendable {
    private let result = Mutex<Result<UInt64, ProcessorStop>?>(nil)

    init(_ body: @escaping @Sendable () throws(ProcessorStop) -> UInt64) throws {
        try Thread.detached { [self] in
            let outcome: Result<UInt64, ProcessorStop>
            do throws(ProcessorStop) {
                outcome = .success(try body())
            } catch {
                outcome = .failure(error)
            }
            result.withLock { $0 = outcome }
        }
    }

    var isDone: Bool { result.withLock { $0 != nil } }

    func wait() -> Result<UInt64, ProcessorStop>? {
        for _ in 0..<2_000 where !isDone { usleep(1_000) }
        return result.withLock { $0 }
    }
}
