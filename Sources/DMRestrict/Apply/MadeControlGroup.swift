import CSandbox
import Glibc

/// A control group that this launcher has made: its own as long as it has it locked.
struct MadeControlGroup: Hashable, Sendable {
    fileprivate(set) var folders: [String] = []
    /// Who has a folder locked has its program there; who is killed has none locked.
    var locks: [Int32] = []

    mutating func add(_ folder: String, _ lock: Int32) {
        folders.append(folder)
        locks.append(lock)
    }

    /// Takes it away, once its processes have ended. What does not go is taken away by the next launcher that makes one.
    func remove() {
        for folder in folders { Kernel.removeGroup(folder) }
        for lock in locks { close(lock) }
    }
}
