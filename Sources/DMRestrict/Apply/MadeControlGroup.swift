import Glibc

/// A control group that this launcher has made: its own as long as it has it locked.
struct MadeControlGroup: Hashable, Sendable {
    private var folders: [String] = []
    /// Who has a folder locked has its program there; who is killed has none locked.
    private var locks: [Int32] = []
    /// The one of these in which a process can begin: to be moved there later, it would wait for all processors to have rested once, as
    /// the kernel makes sure that nobody forks meanwhile.
    private(set) var unified: Int32?

    mutating func add(_ folder: String, _ lock: Int32, _ version: ControlGroupPlace.Version) {
        folders.append(folder)
        locks.append(lock)
        if version == .two { unified = lock }
    }

    /// Takes it away, once its processes have ended. What does not go is taken away by the next launcher that makes one.
    func remove() {
        for folder in folders { Kernel.removeGroup(folder) }
        for lock in locks { close(lock) }
    }
}
