/// What no profile gets by having been watched, whatever a program did: it is told, and it is not done either.
///
/// Most of it is what the shipped profiles promise; all else by which a device model could get at more than its own.
enum NeverAdmitted {
    /// Why a call is one of these; nil where it is none. Of calls whose arguments are not known, only the name counts.
    static func reason(_ name: String, _ arguments: [UInt64]?, in phase: SystemCallProfile.Phase) -> String? {
        if let reason = names[name] { return reason }
        if name == "execve" { return phase == .running ? "once it serves, it runs no other program" : nil }
        guard let arguments, arguments.count == 6 else { return nil }
        switch name {
        case "mmap" where arguments[2] & executable != 0, "mprotect" where arguments[2] & executable != 0,
            "pkey_mprotect" where arguments[2] & executable != 0, "shmat" where arguments[2] & sharedExecutable != 0:
            return "it would make memory that is run"
        case "clone" where arguments[0] & (newNamespaces | traced) != 0: return "it would make namespaces, or trace"
        case "ioctl" where typing.contains(UInt32(truncatingIfNeeded: arguments[1])): return "it would type into a terminal"
        case "prctl" where memoryMaps.contains(UInt32(truncatingIfNeeded: arguments[0])): return "it would change what it is"
        default: return nil
        }
    }

    /// `PROT_EXEC`; `SHM_EXEC` (Linux, include/uapi/linux/shm.h).
    static let executable: UInt64 = 4
    static let sharedExecutable: UInt64 = 0o100000
    /// `CLONE_NEW*` as far as clone takes them, and `CLONE_PTRACE`.
    static let newNamespaces: UInt64 = 0x7e02_0000
    static let traced: UInt64 = 0x2000
    /// `TIOCSTI`, `TIOCLINUX`.
    static let typing: Set<UInt32> = [0x5412, 0x541c]
    /// `PR_SET_MM`, `PR_SET_PTRACER`.
    static let memoryMaps: Set<UInt32> = [35, 0x5961_6d61]

    private static let groups: [(reason: String, names: String)] = [
        ("it would run another program than its own", "execveat uselib"),
        ("it would look into other processes", "ptrace process_vm_readv process_vm_writev pidfd_getfd kcmp process_madvise move_pages migrate_pages"),
        (
            "it would change what it sees of the host",
            "mount umount2 pivot_root chroot setns unshare open_tree move_mount fsopen fsconfig fsmount fspick mount_setattr"
        ),
        ("it would get around the paths that it has", "open_by_handle_at name_to_handle_at mknod mknodat"),
        (
            "it would become another user",
            "setuid setgid setreuid setregid setresuid setresgid setfsuid setfsgid setgroups capset"
        ),
        (
            "much of the kernel lies behind it, unfiltered",
            "bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register keyctl add_key request_key"
        ),
        (
            "it would change the kernel or the machine",
            """
            create_module init_module finit_module delete_module kexec_load kexec_file_load reboot swapon swapoff acct quotactl
            quotactl_fd settimeofday clock_settime adjtimex clock_adjtime sethostname setdomainname syslog iopl ioperm _sysctl
            """
        ),
        ("it would change how it is run", "personality modify_ldt clone3"),
    ]

    /// The reasons by names.
    static let names: [String: String] = {
        var reasons: [String: String] = [:]
        for group in groups {
            for name in group.names.utf8.split(whereSeparator: { $0 <= 32 }) { reasons[String(Substring(name))] = group.reason }
        }
        return reasons
    }()
}
