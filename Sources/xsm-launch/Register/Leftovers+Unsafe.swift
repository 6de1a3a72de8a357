import CSandbox
import DMRestrict
import Files
import Glibc

// SAFETY: a path is passed to a call that copies it before it returns.

/// What a launcher leaves behind that was killed: the sockets and the folder of its device model, which has died with it. Its record is
/// forgotten by who looks for it, its user is free, and its domain and hypervisor have ended with its connection.
enum Leftovers {
    /// Removes those of all users that no launcher has.
    static func removeAll() {
        let users = Set(Opened.usersOfFolders() + sockets().map(\.user))
        for user in users.sorted() {
            let lock = unsafe sandbox_lock(DeviceModelSockets(of: user).lock)
            guard lock >= 0 else { continue }
            remove(of: user)
            close(lock)
        }
        // A record is forgotten when it is looked at.
        _ = LaunchRegister.ofThisHost.records()
    }

    /// Removes those of a user, whom the caller has.
    static func remove(of user: UInt32) {
        for socket in sockets() where socket.user == user { Files.remove(socket.path) }
        Opened.removeFolder(of: user)
    }

    private static func sockets() -> [(user: UInt32, path: String)] {
        let folder = LaunchRegister.ofThisHost.folder
        return (Files.entries(of: folder) ?? []).compactMap { name in
            let parts = name.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 2, let user = UInt32(parts[0]), parts[1] == "monitor" || parts[1].hasPrefix("console") else { return nil }
            return (user, folder + "/" + name)
        }
    }
}
