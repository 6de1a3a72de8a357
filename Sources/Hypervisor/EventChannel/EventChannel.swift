import Flask

/// One end of an event channel: a port of a domain (Xen, xen/include/xen/sched.h: `struct evtchn`).
struct EventChannel: Sendable {
    enum State: Hashable, Sendable {
        case free
        case reserved
        /// Waits for a domain to bind to it.
        case unbound(remote: UInt16)
        case interdomain(remote: UInt16, port: UInt32)
        case physicalInterrupt(UInt32)
        case virtualInterrupt(UInt32)
        case interprocessor
    }

    /// Which queue of which processor a port was linked to last.
    struct QueuePlace: Hashable, Sendable {
        var processor: UInt32 = 0
        var priority: UInt8 = 0
    }

    /// The priority that nobody has changed (`EVTCHN_FIFO_PRIORITY_DEFAULT`).
    static let defaultPriority: UInt8 = 7

    var state = State.free
    /// Nil where it is the one of what has no label.
    var label: SecurityIdentifier?
    /// Which processor is told.
    var processor: UInt32 = 0
    /// Whether the hypervisor itself waits at this end; the domain may not touch it then.
    var isXens = false
    var priority = Self.defaultPriority
    /// Whether an event waits for a place to be told at.
    var isSaved = false
    var lastQueue = QueuePlace()
    var listener: (any PortListener)?

    /// Whether the domain has it (`evtchn_usable`).
    var isUsable: Bool {
        switch state {
        case .free, .reserved: false
        default: !isXens
        }
    }

    /// The number that `EVTCHNOP_status` tells (`EVTCHNSTAT_*`).
    var status: UInt32 {
        switch state {
        case .free, .reserved: 0
        case .unbound: 1
        case .interdomain: 2
        case .physicalInterrupt: 3
        case .virtualInterrupt: 4
        case .interprocessor: 5
        }
    }

    /// The number that Xen keeps for the state, which a message of Flask tells (`ECS_*`).
    var stateNumber: UInt32 {
        switch state {
        case .free: 0
        case .reserved: 1
        case .unbound: 2
        case .interdomain: 3
        case .physicalInterrupt: 4
        case .virtualInterrupt: 5
        case .interprocessor: 6
        }
    }
}
