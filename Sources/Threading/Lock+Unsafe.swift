#if XSM_THREAD_SANITIZER
import Glibc

// SAFETY: the value and the mutex are made with the object and go with it, and the value is touched only while the mutex is
// held.

/// A lock that the thread sanitizer understands: that of Swift's library waits where the sanitizer does not look, so that
/// everything behind it would seem unguarded. For the sanitizer only (`scripts/test-threads`).
public struct Lock<Value>: ~Copyable, @unchecked Sendable {
    @safe private final class Storage {
        let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        var value: Value

        init(_ value: consuming sending Value) {
            self.value = value
            unsafe pthread_mutex_init(mutex, nil)
        }

        deinit {
            unsafe pthread_mutex_destroy(mutex)
            unsafe mutex.deallocate()
        }
    }

    private let storage: Storage

    public init(_ value: consuming sending Value) {
        storage = Storage(value)
    }

    public func withLock<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        unsafe pthread_mutex_lock(storage.mutex)
        defer { unsafe pthread_mutex_unlock(storage.mutex) }
        return try body(&storage.value)
    }
}
#else
public import Synchronization

/// Guards a value: one thread at a time works with it.
public typealias Lock = Mutex
#endif
