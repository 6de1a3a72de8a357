import Glibc

// SAFETY: what the thread does is kept alive by a reference that is handed over once and taken back once, by the thread.

/// A thread of the system.
struct Thread: Sendable {
    private let identifier: pthread_t

    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Starts a thread.
    init(_ body: @escaping @Sendable () -> Void) throws(XenStoreServerError) {
        var identifier = pthread_t()
        let work: Unmanaged<Work> = unsafe .passRetained(Work(body))
        let failure = unsafe pthread_create(
            &identifier, nil,
            { pointer in
                if let pointer = unsafe pointer { unsafe Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue().body() }
                return nil
            }, work.toOpaque())
        guard failure == 0 else {
            unsafe work.release()
            throw XenStoreServerError("cannot start a thread", failure)
        }
        self.identifier = identifier
    }

    /// Waits until it has ended; to be called once.
    func join() { _ = pthread_join(identifier, nil) }

    var isCurrent: Bool { pthread_equal(identifier, pthread_self()) != 0 }
}
