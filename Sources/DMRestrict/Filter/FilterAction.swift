/// What the kernel does at a system call, as a filter says (Linux, include/uapi/linux/seccomp.h: `SECCOMP_RET_*`).
public enum FilterAction: Hashable, Sendable {
    case allow
    /// It is done, and the kernel's log has it.
    case log
    /// It is not done, and fails with this number.
    case error(UInt16)
    case killProcess
    case killThread
    /// The thread gets SIGSYS.
    case trap
    /// A tracer decides, or whoever listens.
    case trace(UInt16)
    case notify

    /// What the kernel makes of a value that a filter returns: one that it does not know ends the process.
    public init(rawValue: UInt32) {
        let data = UInt16(truncatingIfNeeded: rawValue)
        switch rawValue & 0xffff_0000 {
        case 0x0000_0000: self = .killThread
        case 0x0003_0000: self = .trap
        case 0x0005_0000: self = .error(min(data, 4_095))
        case 0x7fc0_0000: self = .notify
        case 0x7ff0_0000: self = .trace(data)
        case 0x7ffc_0000: self = .log
        case 0x7fff_0000: self = .allow
        default: self = .killProcess
        }
    }

    public var rawValue: UInt32 {
        switch self {
        case .killThread: 0
        case .trap: 0x0003_0000
        case .error(let number): 0x0005_0000 | UInt32(number)
        case .notify: 0x7fc0_0000
        case .trace(let data): 0x7ff0_0000 | UInt32(data)
        case .log: 0x7ffc_0000
        case .allow: 0x7fff_0000
        case .killProcess: 0x8000_0000
        }
    }
}
