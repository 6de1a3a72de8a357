/// Parameters of the hypervisor that can be changed while it runs, as files of its tree (Xen, xen/common/hypfs.c; the names are
/// those of `*_runtime_param`).
struct HypervisorParameters: Sendable {
    /// A file: text, with a zero byte behind it when it is told, or one byte that is 0 or 1.
    enum Value: Hashable, Sendable {
        case text([UInt8], maximumSize: UInt32)
        case number(UInt32, limit: UInt32)
        case boolean(Bool)
    }

    /// By name.
    var values: [String: Value] = [
        "conswitch": .text(Array("a".utf8), maximumSize: 3),
        "console_timestamps": .text(Array("none".utf8), maximumSize: 8),
        "crash-debug-debugkey": .text([], maximumSize: 100),
        "crash-debug-hwdom": .text([], maximumSize: 100),
        "crash-debug-kexeccmd": .text([], maximumSize: 100),
        "crash-debug-panic": .text([], maximumSize: 100),
        "crash-debug-watchdog": .text([], maximumSize: 100),
        "global-pages": .boolean(true),
        "gnttab_max_frames": .number(64, limit: 1 << 20),
        "gnttab_max_maptrack_frames": .number(1_024, limit: 1 << 20),
        "guest_loglvl": .text(Array("none/warning".utf8), maximumSize: 16),
        "loglvl": .text(Array("warning".utf8), maximumSize: 16),
        "pcid": .text(Array("xpti".utf8), maximumSize: 8),
    ]
}
