/// One thing that a device model gives up, or is kept from, before it runs.
public enum RestrictionStep: Hashable, Sendable {
    /// A session of its own, with no terminal and no keys.
    case newSession
    /// It dies when its launcher does.
    case dieWithLauncher
    /// What files it makes are nobody else's.
    case fileModeMask(UInt32)
    /// How soon the kernel ends it when memory is short, from -1000 to 1000.
    case outOfMemoryScore(Int32)
    /// Membership in control groups, by the paths of their folders.
    case controlGroups([String])
    /// A control group of its own, with limits, which its launcher makes for it.
    case ownControlGroup(OwnControlGroup)
    /// Files in memory are no programs, in its namespace of processes.
    case noProgramsInMemory
    /// Limits of resources.
    case limits([ResourceLimit])
    /// A tree of its own to live in, in place of the host's.
    case root(RootTree)
    /// Every descriptor but these is closed.
    case descriptors([KeptDescriptor])
    /// What it may do below which paths, whatever files' modes say.
    case landlock([LandlockRule])
    /// No groups besides its own.
    case noSupplementaryGroups
    /// Nothing may ever be gained again: the bounding set is empty, and root is no more than others.
    case emptyBoundingSet
    case lockedSecureBits
    case user(uid: UInt32, gid: UInt32)
    /// No capabilities in the effective, permitted, inheritable and ambient sets.
    case noCapabilities
    case noNewPrivileges
    /// The label that it runs with under SELinux. The process has it before it runs the program, by whose start it would lose the
    /// signal that it gets when its launcher dies (Linux, security/selinux/hooks.c: `selinux_bprm_committing_creds`).
    case executionLabel(String)
    /// The system calls that it may make.
    case systemCalls(SystemCallFilter)
    /// The system calls that are recorded when it makes them: it may make them all.
    case tracedSystemCalls(SystemCallFilter)
    /// No core of it, and nobody of its own user looks into it. At its gate: the program's start would undo it.
    case notDumpable
    /// The fewer system calls that it may make once it serves: all its threads, at its gate.
    case servingSystemCalls(SystemCallFilter)

    /// Whether the process is in another control group behind it, so that it gets its namespace of them there.
    var entersControlGroup: Bool {
        switch self {
        case .controlGroups, .ownControlGroup: true
        default: false
        }
    }

    /// Its name: in plans, in reports, and where it is waived.
    public var name: String {
        switch self {
        case .newSession: "session"
        case .dieWithLauncher: "parent-death"
        case .fileModeMask: "umask"
        case .outOfMemoryScore: "oom-score"
        case .controlGroups: "cgroup"
        case .ownControlGroup: "cgroup-limits"
        case .noProgramsInMemory: "memory-programs"
        case .limits: "limits"
        case .root: "root"
        case .descriptors: "descriptors"
        case .landlock: "landlock"
        case .noSupplementaryGroups: "groups"
        case .emptyBoundingSet: "bounding-set"
        case .lockedSecureBits: "securebits"
        case .user: "user"
        case .noCapabilities: "capabilities"
        case .noNewPrivileges: "no-new-privileges"
        case .executionLabel: "selinux"
        case .systemCalls: "seccomp"
        case .tracedSystemCalls: "seccomp-trace"
        case .notDumpable: "dumpable"
        case .servingSystemCalls: "seccomp-serving"
        }
    }

    /// What it defends against.
    public var reason: String {
        switch self {
        case .newSession: "it cannot type into the launcher's terminal, nor be stopped from there, nor use the launcher's keys"
        case .dieWithLauncher: "it does not go on when nobody watches it any more"
        case .fileModeMask: "other users do not read what it writes"
        case .outOfMemoryScore: "when memory is short, it goes before what keeps the host alive"
        case .controlGroups: "it cannot take the host's memory, processors and process numbers from others"
        case .ownControlGroup(let group): group.limits.map(\.amount.controller.reason).joined(separator: "; ")
        case .noProgramsInMemory: "it cannot run a program that no file system has"
        case .limits: "it cannot fill disks, tables and memory that others need"
        case .root: "files, sockets and devices of the host have no path that it could open"
        case .descriptors: "nothing that its launcher had open is left to it by mistake"
        case .landlock: "should it find a way to another file, the kernel still refuses it"
        case .noSupplementaryGroups: "files of the launcher's groups are not its own"
        case .emptyBoundingSet: "no program that it could run has privileges to give"
        case .lockedSecureBits: "becoming root, if it could, would give it no capability"
        case .user: "it owns nothing but its own guest's, and cannot signal or look into others"
        case .noCapabilities: "it has none of root's powers"
        case .noNewPrivileges: "programs with set-uid bits or file capabilities give it nothing"
        case .executionLabel: "SELinux keeps it from what other domains' device models have"
        case .systemCalls: "most of the kernel, and what holes there are in it, is out of its reach"
        case .tracedSystemCalls: "it is known what its profile lacks; of the kernel it is kept from nothing by this"
        case .notDumpable: "what it knows of its guest is in no core file, and no other program of its user reads its memory"
        case .servingSystemCalls: "what only its start needs, it cannot do with a guest that has taken it over"
        }
    }
}
