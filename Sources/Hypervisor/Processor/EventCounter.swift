import CLinux
import Glibc

/// A counter of the system's to wait for (eventfd), which is closed when nobody has it any more.
///
/// A client that shares it can fill it or take all of it away, and have whoever writes to it or reads it wait: what is shared is
/// only ever watched (``Doorbell``).
final class EventCounter: Sendable {
    let descriptor: Int32

    /// Nil when the system has no descriptor for it.
    init?() {
        descriptor = linux_event_counter()
        guard descriptor >= 0 else { return nil }
    }

    deinit {
        close(descriptor)
    }
}
