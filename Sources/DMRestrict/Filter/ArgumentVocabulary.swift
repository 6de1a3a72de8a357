/// The arguments of system calls by names, and the constants that they take (Linux's headers for user space).
enum ArgumentVocabulary {
    static let calls: [String: [SystemCallArgument]] = [
        "mmap": [wide("length", 1), wide("prot", 2, protection), wide("flags", 3, mapping), wide("offset", 5)],
        "mprotect": [wide("length", 1), wide("prot", 2, protection)],
        "pkey_mprotect": [wide("length", 1), wide("prot", 2, protection), int("key", 3)],
        "mremap": [wide("old_length", 1), wide("length", 2), wide("flags", 3, ["MAYMOVE": 1, "FIXED": 2, "DONTUNMAP": 4])],
        "madvise": [
            wide("length", 1),
            int(
                "advice", 2,
                [
                    "NORMAL": 0, "RANDOM": 1, "SEQUENTIAL": 2, "WILLNEED": 3, "DONTNEED": 4, "FREE": 8, "REMOVE": 9,
                    "DONTFORK": 10, "DOFORK": 11, "MERGEABLE": 12, "UNMERGEABLE": 13, "HUGEPAGE": 14, "NOHUGEPAGE": 15,
                    "DONTDUMP": 16, "DODUMP": 17, "POPULATE_READ": 22, "POPULATE_WRITE": 23,
                ]),
        ],
        "open": [int("flags", 1, opening), int("mode", 2)],
        "openat": [int("directory", 0), int("flags", 2, opening), int("mode", 3)],
        "ioctl": [int("fd", 0), int("request", 1, requests)],
        "fcntl": [int("fd", 0), int("command", 1, descriptorCommands), wide("argument", 2)],
        "socket": [int("domain", 0, families), int("type", 1, socketTypes), int("protocol", 2)],
        "socketpair": [int("domain", 0, families), int("type", 1, socketTypes), int("protocol", 2)],
        "accept4": [int("fd", 0), int("flags", 3, ["NONBLOCK": 0x800, "CLOEXEC": 0x80000])],
        "setsockopt": [int("fd", 0), int("level", 1, levels), int("option", 2, socketOptions)],
        "getsockopt": [int("fd", 0), int("level", 1, levels), int("option", 2, socketOptions)],
        "sendmsg": [int("fd", 0), int("flags", 2)],
        "recvmsg": [int("fd", 0), int("flags", 2)],
        "clone": [wide("flags", 0, cloning)],
        "unshare": [wide("flags", 0, cloning)],
        "prctl": [int("option", 0, processControls), wide("second", 1), wide("third", 2), wide("fourth", 3), wide("fifth", 4)],
        "arch_prctl": [int("option", 0, ["SET_GS": 0x1001, "SET_FS": 0x1002, "GET_FS": 0x1003, "GET_GS": 0x1004])],
        // A pointer, of which only whether there is one is to be asked: to a limit that is set.
        "prlimit64": [int("process", 0), int("resource", 1, limits), wide("new", 2)],
        "seccomp": [
            int("operation", 0, ["SET_MODE_STRICT": 0, "SET_MODE_FILTER": 1, "GET_ACTION_AVAIL": 2]),
            int("flags", 1, ["TSYNC": 1, "LOG": 2]),
        ],
        "futex": [int("operation", 1, futexes)],
        "kill": [int("process", 0), int("signal", 1, signals)],
        "tgkill": [int("process", 0), int("thread", 1), int("signal", 2, signals)],
        "memfd_create": [int("flags", 1, ["CLOEXEC": 1, "ALLOW_SEALING": 2, "HUGETLB": 4])],
        "eventfd2": [int("count", 0), int("flags", 1, ["SEMAPHORE": 1, "NONBLOCK": 0x800, "CLOEXEC": 0x80000])],
        "epoll_create1": [int("flags", 0, ["CLOEXEC": 0x80000])],
        "epoll_ctl": [int("fd", 0), int("operation", 1, ["ADD": 1, "DEL": 2, "MOD": 3]), int("other", 2)],
        "pipe2": [int("flags", 1, ["NONBLOCK": 0x800, "DIRECT": 0x4000, "CLOEXEC": 0x80000])],
        "dup3": [int("fd", 0), int("other", 1), int("flags", 2, ["CLOEXEC": 0x80000])],
        "fallocate": [int("fd", 0), int("mode", 1, ["KEEP_SIZE": 1, "PUNCH_HOLE": 2, "ZERO_RANGE": 16])],
        "lseek": [int("fd", 0), wide("offset", 1), int("whence", 2, ["SET": 0, "CUR": 1, "END": 2, "DATA": 3, "HOLE": 4])],
        "getrandom": [wide("length", 1), int("flags", 2, ["NONBLOCK": 1, "RANDOM": 2, "INSECURE": 4])],
    ]

    private static func int(_ name: String, _ index: Int, _ constants: [String: UInt64] = [:]) -> SystemCallArgument {
        SystemCallArgument(name, index, constants)
    }

    private static func wide(_ name: String, _ index: Int, _ constants: [String: UInt64] = [:]) -> SystemCallArgument {
        SystemCallArgument(name, index, isWide: true, constants)
    }

    private static let protection: [String: UInt64] = ["NONE": 0, "READ": 1, "WRITE": 2, "EXEC": 4]

    private static let mapping: [String: UInt64] = [
        "SHARED": 1, "PRIVATE": 2, "FIXED": 0x10, "ANONYMOUS": 0x20, "DENYWRITE": 0x800, "LOCKED": 0x2000, "NORESERVE": 0x4000,
        "POPULATE": 0x8000, "STACK": 0x20000, "HUGETLB": 0x40000, "FIXED_NOREPLACE": 0x100000,
    ]

    private static let opening: [String: UInt64] = [
        "ACCMODE": 3, "RDONLY": 0, "WRONLY": 1, "RDWR": 2, "CREAT": 0x40, "EXCL": 0x80, "NOCTTY": 0x100, "TRUNC": 0x200,
        "APPEND": 0x400, "NONBLOCK": 0x800, "DIRECT": 0x4000, "DIRECTORY": 0x10000, "NOFOLLOW": 0x20000, "CLOEXEC": 0x80000,
        "PATH": 0x200000,
    ]

    private static let requests: [String: UInt64] = [
        "TCGETS": 0x5401, "TCSETS": 0x5402, "TCSETSW": 0x5403, "TCSBRK": 0x5409, "TCFLSH": 0x540b, "TIOCSTI": 0x5412,
        "TIOCGWINSZ": 0x5413, "TIOCMGET": 0x5415, "TIOCMSET": 0x5418, "FIONREAD": 0x541b, "FIONBIO": 0x5421, "FIOCLEX": 0x5451,
        "TIOCGPTN": 0x8004_5430, "BLKROGET": 0x125e, "BLKSSZGET": 0x1268, "BLKDISCARD": 0x1277, "BLKPBSZGET": 0x127b,
        "BLKGETSIZE64": 0x8008_1272, "CDROM_DRIVE_STATUS": 0x5326, "TUNGETFEATURES": 0x8004_54cf, "TUNSETOFFLOAD": 0x4004_54d0,
        "TUNGETIFF": 0x8004_54d2, "TUNSETVNETHDRSZ": 0x4004_54d8, "TUNSETVNETLE": 0x4004_54dc,
        // Xen's devices (Linux, include/uapi/xen/privcmd.h, evtchn.h and gntdev.h), with the sizes of their structures on x86-64.
        "PRIVCMD_HYPERCALL": 0x30_5000, "PRIVCMD_MMAP": 0x10_5002, "PRIVCMD_MMAPBATCH": 0x18_5003, "PRIVCMD_MMAPBATCH_V2": 0x20_5004,
        "PRIVCMD_DM_OP": 0x10_5005, "PRIVCMD_RESTRICT": 0x2_5006, "PRIVCMD_MMAP_RESOURCE": 0x20_5007, "PRIVCMD_UNIMPLEMENTED": 0x50ff,
        "EVTCHN_BIND_VIRQ": 0x4_4500, "EVTCHN_BIND_INTERDOMAIN": 0x8_4501, "EVTCHN_BIND_UNBOUND_PORT": 0x4_4502,
        "EVTCHN_UNBIND": 0x4_4503, "EVTCHN_NOTIFY": 0x4_4504, "EVTCHN_RESET": 0x4505, "EVTCHN_RESTRICT_DOMID": 0x2_4506,
        "GNTDEV_SET_MAX_GRANTS": 0x4_4703, "GNTDEV_GRANT_COPY": 0x10_4708,
    ]

    private static let descriptorCommands: [String: UInt64] = [
        "DUPFD": 0, "GETFD": 1, "SETFD": 2, "GETFL": 3, "SETFL": 4, "GETLK": 5, "SETLK": 6, "SETLKW": 7, "OFD_GETLK": 36,
        "OFD_SETLK": 37, "OFD_SETLKW": 38, "DUPFD_CLOEXEC": 1_030, "ADD_SEALS": 1_033, "GET_SEALS": 1_034,
    ]

    private static let families: [String: UInt64] = ["UNSPEC": 0, "UNIX": 1, "INET": 2, "INET6": 10, "NETLINK": 16, "PACKET": 17]

    private static let socketTypes: [String: UInt64] = [
        "STREAM": 1, "DGRAM": 2, "RAW": 3, "SEQPACKET": 5, "NONBLOCK": 0x800, "CLOEXEC": 0x80000,
    ]

    private static let levels: [String: UInt64] = ["SOCKET": 1, "TCP": 6, "IPV6": 41]

    private static let socketOptions: [String: UInt64] = [
        "REUSEADDR": 2, "TYPE": 3, "ERROR": 4, "BROADCAST": 6, "SNDBUF": 7, "RCVBUF": 8, "KEEPALIVE": 9, "PASSCRED": 16,
        "PEERCRED": 17, "NODELAY": 1, "V6ONLY": 26,
    ]

    private static let cloning: [String: UInt64] = [
        "VM": 0x100, "FS": 0x200, "FILES": 0x400, "SIGHAND": 0x800, "PTRACE": 0x2000, "VFORK": 0x4000, "THREAD": 0x10000,
        "NEWNS": 0x20000, "SYSVSEM": 0x40000, "SETTLS": 0x80000, "PARENT_SETTID": 0x100000, "CHILD_CLEARTID": 0x200000,
        "CHILD_SETTID": 0x1000000, "NEWCGROUP": 0x2000000, "NEWUTS": 0x4000000, "NEWIPC": 0x8000000, "NEWUSER": 0x1000_0000,
        "NEWPID": 0x2000_0000, "NEWNET": 0x4000_0000,
    ]

    private static let processControls: [String: UInt64] = [
        "SET_PDEATHSIG": 1, "GET_DUMPABLE": 3, "SET_DUMPABLE": 4, "SET_NAME": 15, "GET_NAME": 16, "SET_SECCOMP": 22,
        "CAPBSET_READ": 23, "SET_TIMERSLACK": 29, "MCE_KILL": 33, "SET_NO_NEW_PRIVS": 38, "SET_VMA": 0x5356_4d41,
    ]

    private static let limits: [String: UInt64] = [
        "CPU": 0, "FSIZE": 1, "DATA": 2, "STACK": 3, "CORE": 4, "NPROC": 6, "NOFILE": 7, "MEMLOCK": 8, "AS": 9,
    ]

    private static let futexes: [String: UInt64] = [
        "WAIT": 0, "WAKE": 1, "REQUEUE": 3, "CMP_REQUEUE": 4, "WAKE_OP": 5, "LOCK_PI": 6, "UNLOCK_PI": 7, "WAIT_BITSET": 9,
        "WAKE_BITSET": 10, "PRIVATE": 128, "CLOCK_REALTIME": 256,
    ]

    private static let signals: [String: UInt64] = [
        "HUP": 1, "INT": 2, "ABRT": 6, "KILL": 9, "USR1": 10, "SEGV": 11, "PIPE": 13, "ALRM": 14, "TERM": 15, "STOP": 19,
    ]
}
