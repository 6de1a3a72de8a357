/// What a message is (Xen, xen/include/public/io/xs_wire.h: `enum xsd_sockmsg_type`).
enum MessageType: UInt32 {
    case control = 0
    case directory = 1
    case read = 2
    case getPermissions = 3
    case watch = 4
    case unwatch = 5
    case transactionStart = 6
    case transactionEnd = 7
    case introduce = 8
    case release = 9
    case getDomainPath = 10
    case write = 11
    case makeDirectory = 12
    case remove = 13
    case setPermissions = 14
    case watchEvent = 15
    case error = 16
    case isDomainIntroduced = 17
    case resume = 18
    case setTarget = 19
    case resetWatches = 21
    case directoryPart = 22

    /// Whether only the control domain may send it (Xen, tools/xenstore/xenstored_core.c: `XS_FLAG_PRIV`).
    var isPrivileged: Bool {
        switch self {
        case .control, .introduce, .release, .isDomainIntroduced, .resume, .setTarget: true
        default: false
        }
    }

    /// Whether the transaction's number in the header says nothing (`XS_FLAG_NOTID`).
    var ignoresTransaction: Bool { self == .watch || self == .unwatch }
}
