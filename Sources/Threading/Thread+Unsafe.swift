import Glibc

// SAFETY: what a thread does is kept alive by a reference that is handed over once and taken back once: by the thread, or by who could
// not start it. The attributes live for the call that they are passed to.

/// A thread of the system, and not of a pool's: a process that has none of these has one thread.
public struct Thread: Sendable {
    private let identifier: pthread_t

    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Starts a thread that somebody joins. Throws ``ThreadFailure``.
    public init(_ body: @escaping @Sendable () -> Void) throws(ThreadFailure) {
        identifier = try Self.start(body, isDetached: false)
    }

    /// Starts a thread that ends by itself, of a small stack. Throws ``ThreadFailure``.
    public static func detached(_ body: @escaping @Sendable () -> Void) throws(ThreadFailure) {
        _ = try start(body, isDetached: true)
    }

    private static func start(_ body: @escaping @Sendable () -> Void, isDetached: Bool) throws(ThreadFailure) -> pthread_t {
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        if isDetached {
            unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
            unsafe pthread_attr_setstacksize(&attributes, 512 << 10)
        }
        var identifier = pthread_t()
        let work: Unmanaged<Work> = unsafe .passRetained(Work(body))
        let failure = unsafe pthread_create(
            &identifier, &attributes,
            { pointer in
                if let pointer = unsafe pointer { unsafe Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue().body() }
                return nil
            }, work.toOpaque())
        guard failure == 0 else {
            unsafe work.release()
            throw ThreadFailure(number: failure)
        }
        return identifier
    }

    /// Waits until it has ended; to be called once, of one that is not detached.
    public func join() { _ = pthread_join(identifier, nil) }

    public var isCurrent: Bool { pthread_equal(identifier, pthread_self()) != 0 }
}
