import CLinux
import Glibc
import Synchronization

/// Where a guest's processor waits. Whoever rings never waits, and makes no system call where nobody sleeps.
final class Doorbell: PortListener {
    private enum State {
        static let quiet: UInt8 = 0
        static let asleep: UInt8 = 1
        static let rung: UInt8 = 2
    }

    private let counter: Int32
    private let state = Atomic<UInt8>(State.quiet)

    /// Nil when the system has no descriptor for it.
    init?() {
        counter = linux_event_counter()
        guard counter >= 0 else { return nil }
    }

    deinit {
        close(counter)
    }

    func eventIsPending(at port: UInt32) { ring() }

    func ring() {
        if state.exchange(State.rung, ordering: .acquiringAndReleasing) == State.asleep { linux_ring(counter) }
    }

    /// What woke a sleeper.
    struct Waking {
        /// Something lies at the other descriptor.
        var hasAnswer = false
        /// Whoever it works for is gone.
        var isAbandoned = false
    }

    /// Sleeps until it is rung, or was since the last time; until something can be read at another descriptor; or until the
    /// end of a third is gone. Descriptors that are none are -1.
    func sleep(orUntil answers: Int32, goneAt client: Int32) -> Waking {
        let (isAsleep, _) = state.compareExchange(
            expected: State.quiet, desired: State.asleep, ordering: .acquiringAndReleasing)
        guard isAsleep else {
            state.store(State.quiet, ordering: .sequentiallyConsistent)
            return Waking()
        }
        let woken = linux_wait(counter, answers, client)
        // Rung, or not: it is looked at whatever may have happened.
        if state.exchange(State.quiet, ordering: .acquiringAndReleasing) == State.rung { linux_hush(counter) }
        return Waking(hasAnswer: woken & 2 != 0, isAbandoned: woken & 4 != 0)
    }
}
