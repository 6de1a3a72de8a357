import CSandbox
import Files
import Glibc

// SAFETY: the kernel copies the path before the call returns.

extension Reaper {
    /// Kills until nothing of the user's is left. The caller is root; it must have one thread only, as it forks. Throws
    /// ``ReapFailure``.
    public func reap() throws(ReapFailure) -> ReapReport {
        guard user != 0, reaper != 0, user != reaper else { throw .badUser }
        let end = Deadline(in: limit)
        let lock = try takeLock(until: end)
        defer { close(lock) }
        var rounds = 0
        while true {
            let result = sandbox_reap(user, reaper)
            // The reaper may have been killed by somebody who may kill all.
            guard result >= 0 || result == -EINTR else {
                throw .call("kill", number: -result, object: "user \(user)")
            }
            if result == 0 { return ReapReport(rounds: rounds, zombies: []) }
            rounds += 1
            // What was hit is there until its parent asks for it, and may be for ever where that is another's.
            let left = Self.processes(of: user)
            if result == 1, left.alive.isEmpty { return ReapReport(rounds: rounds, zombies: left.zombies) }
            guard !end.isOver else { throw .stillThere(left.alive) }
            usleep(1_000)
        }
    }

    private func takeLock(until end: Deadline) throws(ReapFailure) -> Int32 {
        while true {
            let result = unsafe sandbox_lock(lock)
            if result >= 0 { return result }
            guard result == -EWOULDBLOCK else { throw .call("flock", number: -result, object: lock) }
            guard !end.isOver else { throw .lockIsTaken(lock) }
            usleep(500)
        }
    }

    /// The processes that have a user for any of their ids, and of these the ones of which no thread runs.
    static func processes(of user: UInt32) -> (alive: [Int32], zombies: [Int32]) {
        var alive: [Int32] = []
        var zombies: [Int32] = []
        for entry in Files.entries(of: "/proc") ?? [] {
            guard let process = Int32(entry), unsafe sandbox_runs_as("/proc/\(entry)/status", user) != 0 else { continue }
            let tasks = Files.entries(of: "/proc/\(entry)/task") ?? []
            // A thread lives on when the first one has ended.
            let lives = tasks.contains { unsafe sandbox_runs_as("/proc/\(entry)/task/\($0)/status", user) == 1 }
            if lives { alive.append(process) } else { zombies.append(process) }
        }
        return (alive.sorted(), zombies.sorted())
    }
}
