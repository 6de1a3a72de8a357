import CSandbox
import Commands
import DMRestrict
import Files
import Glibc

// SAFETY: a path is passed to a call that copies it before it returns.

/// A user that nobody else's device model runs as, as long as this lives.
final class UserLease {
    let user: (uid: UInt32, gid: UInt32)
    /// Who ends what is left of the user; nil where a tool stack chose him, who may be others' too.
    let reaper: UInt32?
    private let lock: Int32

    /// The first of some that is free.
    convenience init(oneOf users: [UInt32], of range: DeviceModelUsers) throws(CommandFailure) {
        try self.init(users.map { ($0, $0) }, reaper: range.reaper)
    }

    init(_ users: [(uid: UInt32, gid: UInt32)], reaper: UInt32?) throws(CommandFailure) {
        let register = LaunchRegister.ofThisHost
        try register.makeFolder()
        let records = register.records()
        for user in users {
            // Others of this host may run as it without being a device model.
            if records.contains(where: { $0.plan.user == user.uid }) { continue }
            let lock = Self.lock(of: user.uid)
            if lock == -EWOULDBLOCK { continue }
            guard lock >= 0 else { throw CommandFailure("no user can be had: \(FileError(path: "", number: -lock).reason)") }
            (self.user, self.lock, self.reaper) = (user, lock, reaper)
            Leftovers.remove(of: user.uid)
            return
        }
        let numbers = users.map { "\($0.uid)" }.joined(separator: ", ")
        let others = records.filter { record in users.contains { $0.uid == record.plan.user } }
        throw CommandFailure(
            "user \(numbers) is in use" + others.map { ": process \($0.process), `\($0.plan.name)`, runs as it" }.joined())
    }

    /// The lock of a user. Who only cleans up behind another has it for a moment: it is asked for again.
    private static func lock(of user: UInt32) -> Int32 {
        for _ in 0..<10 {
            let lock = unsafe sandbox_lock(DeviceModelSockets(of: user).lock)
            if lock != -EWOULDBLOCK { return lock }
            usleep(5_000)
        }
        return -EWOULDBLOCK
    }

    // The file stays: who has opened it and who makes a new one would both have a lock.
    deinit { close(lock) }
}
