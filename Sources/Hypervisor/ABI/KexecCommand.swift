/// What `kexec_op` can be asked for (Xen, xen/include/public/kexec.h: `KEXEC_CMD_*`).
enum KexecCommand: UInt64, Hashable, Sendable, CaseIterable {
    case execute = 0
    case loadOld = 1
    case unloadOld = 2
    case getRange = 3
    case load = 4
    case unload = 5
    case status = 6
}
