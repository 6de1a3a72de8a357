import CLinux
import Glibc
import Synchronization
import Threading

/// Where a guest's processor waits. Whoever rings never waits, and makes no system call where nobody sleeps.
///
/// All that wakes it lies in a set of the kernel's that tells of each addition to a counter once, and so no counter is ever read:
/// that is a system call less, and nobody can have the sleeper wait in one.
final class Doorbell: PortListener {
    private enum State {
        static let quiet: UInt8 = 0
        static let asleep: UInt8 = 1
        static let rung: UInt8 = 2
    }

    private enum Waker {
        static let ring: UInt32 = 1
        static let answers: UInt32 = 2
        static let client: UInt32 = 4
    }

    private let counter: EventCounter
    private let set: Int32
    private let state = Atomic<UInt8>(State.quiet)
    /// Whose counter is in the set; it stays open as long as it is.
    private let listened = Lock<BegunAccess.Answerer?>(nil)

    /// A doorbell whose sleeper works for the other end of a socket; for nobody who could go where that is -1. Nil when the system
    /// has no descriptor for it.
    init?(for client: Int32) {
        guard let counter = EventCounter() else { return nil }
        self.counter = counter
        set = linux_wait_set()
        guard set >= 0, linux_watch_counter(set, counter.descriptor, Waker.ring) == 0,
            client < 0 || linux_watch_peer(set, client, Waker.client) == 0
        else { return nil }
    }

    deinit {
        if set >= 0 { close(set) }
    }

    func eventIsPending(at port: UInt32) { ring() }

    func ring() {
        if state.exchange(State.rung, ordering: .acquiringAndReleasing) == State.asleep { linux_ring(counter.descriptor) }
    }

    /// Whose answers wake the sleeper.
    var answerer: BegunAccess.Answerer? { listened.withLock { $0 } }

    /// Has the answers of somebody wake the sleeper, in place of those of another. Whose counter cannot be watched, as a client
    /// may bring about, answers to nobody.
    func listen(to answerer: BegunAccess.Answerer) {
        listened.withLock { listened in
            if let listened {
                guard listened.port !== answerer.port else { return }
                linux_unwatch(set, listened.port.answers)
            }
            listened = linux_watch_counter(set, answerer.port.answers, Waker.answers) == 0 ? answerer : nil
        }
    }

    /// What woke a sleeper.
    struct Waking {
        /// It was rung.
        var isRung = false
        /// There was an answer, or may have been.
        var hasAnswer = false
        /// Whoever it works for is gone.
        var isAbandoned = false
    }

    /// Sleeps until it is rung, or was since the last time; until there is an answer; or until whoever it works for is gone. May
    /// wake for nothing.
    func sleep() -> Waking {
        let (isAsleep, _) = state.compareExchange(
            expected: State.quiet, desired: State.asleep, ordering: .acquiringAndReleasing)
        guard isAsleep else { return Waking(isRung: hush()) }
        let woken = linux_wait(set)
        return Waking(isRung: hush(), hasAnswer: woken & Waker.answers != 0, isAbandoned: woken & Waker.client != 0)
    }

    /// Whether it was rung since it was asked last, for one who does not sleep.
    func hush() -> Bool { state.exchange(State.quiet, ordering: .acquiringAndReleasing) == State.rung }
}
