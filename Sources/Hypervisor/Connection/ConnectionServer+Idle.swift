import Glibc
import Synchronization
import Threading

extension ConnectionServer {
    /// Has something done, once, when nobody is there any more who keeps domains (kind 8 of the connection protocol) and no domain but
    /// dom0: as soon as the last has gone, or so many seconds after this where nobody ever came. Who comes later is refused with
    /// `EAGAIN`. False where the system has no more threads.
    public func whenIdle(orUnusedFor seconds: UInt32, _ body: @escaping @Sendable () -> Void) -> Bool {
        idle.withLock { $0.begin(body) }
        hypervisor.observe { [weak self] event in
            if case .destroyed = event { self?.endIfIdle() }
        }
        do throws(ThreadFailure) {
            try Thread.detached { [weak self] in
                sleep(seconds)
                self?.endIfIdle()
            }
        } catch {
            return false
        }
        return true
    }

    func countKeeperIn() -> Bool { idle.withLock { $0.countIn() } }

    func countKeeperOut() {
        idle.withLock { $0.countOut() }
        endIfIdle()
    }

    private func endIfIdle() {
        let body = idle.withLock { idle in
            idle.take { hypervisor.machine.withLock { machine in machine.domains.keys.contains { $0 != 0 } } }
        }
        body?()
    }
}
