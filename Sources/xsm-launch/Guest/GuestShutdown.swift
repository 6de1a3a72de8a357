/// Why a guest has shut down (Xen, xen/include/public/sched.h: `SHUTDOWN_*`).
enum GuestShutdown: Hashable {
    case poweredOff, restarts, suspended, crashed, destroyed
    case other(UInt8)

    init(reason: UInt8) {
        switch reason {
        case 0: self = .poweredOff
        case 1: self = .restarts
        case 2: self = .suspended
        case 3: self = .crashed
        default: self = .other(reason)
        }
    }

    var text: String {
        switch self {
        case .poweredOff: "has powered off"
        case .restarts: "wants to be started again: run it once more"
        case .suspended: "is suspended"
        case .crashed: "has crashed"
        case .destroyed: "was destroyed by another tool"
        case .other(let reason): "has shut down, for reason \(reason)"
        }
    }

    /// The exit status that it makes.
    var status: Int32 { self == .poweredOff || self == .restarts || self == .suspended ? 0 : 1 }
}
