import CLinux

// SAFETY: the box is retained once for the thread, which releases it: it is taken exactly once, whether the thread starts or not.

/// A thread that does one thing and ends.
enum WorkerThread {
    private final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Starts it; false when the system has no more threads.
    static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
        let box = unsafe Unmanaged.passRetained(Box(body))
        let result = unsafe linux_start_thread(
            { argument in
                if let argument = unsafe argument { unsafe Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, box.toOpaque())
        if result != 0 { unsafe box.release() }
        return result == 0
    }
}
