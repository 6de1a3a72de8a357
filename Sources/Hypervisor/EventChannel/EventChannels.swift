import Flask

/// The ports of a domain (Xen, xen/common/event_channel.c).
struct EventChannels: Sendable {
    /// By port; their number grows by what a page of Xen's holds.
    var channels: [EventChannel]
    /// No port below is free.
    var lowestFree: UInt32 = 1
    /// How many ports are in use, and how many of those are the hypervisor's.
    var activeCount = 0
    var xenCount = 0
    var isResetting = false
    /// Where processors that asked for another place have their `struct vcpu_info`: the page, and where in it.
    var processorInfo: [UInt32: (page: HeldPage, offset: Int)] = [:]
    /// What the FIFO interface has; nil while the two-level one is in use.
    var queues: EventQueues?
    /// Which port a virtual interrupt of a processor comes at.
    var virtualInterrupts: [VirtualInterruptPlace: UInt32] = [:]
    /// Which port a physical interrupt comes at, by the domain's own number for it.
    var physicalInterrupts: [UInt32: UInt32] = [:]
    /// Processors that wait for a port, or for any where that is 0.
    var pollers: [UInt32: UInt32] = [:]
    /// Ports at which the hypervisor waits for whoever monitors the domain.
    var monitorPorts: Set<UInt32> = []

    struct VirtualInterruptPlace: Hashable, Sendable {
        let number: UInt32
        let processor: UInt32
    }

    /// How many ports come at once (Xen: `EVTCHNS_PER_BUCKET`).
    static let bucket = 64
    /// How many ports the two-level interface can tell of, and the FIFO one (Xen: `EVTCHN_2L_NR_CHANNELS`,
    /// `EVTCHN_FIFO_NR_CHANNELS`).
    static let twoLevelLimit: UInt32 = 4_096
    static let fifoLimit: UInt32 = 1 << 17

    init() {
        channels = [EventChannel](repeating: EventChannel(), count: Self.bucket)
        channels[0].state = .reserved
    }

    func isValid(_ port: UInt32) -> Bool { port < channels.count }

    /// The channel of a port; nil for a port that is none.
    subscript(valid port: UInt32) -> EventChannel? { isValid(port) ? channels[Int(port)] : nil }

    /// The state of a port by which its domain may send, if it has a label still; nil for another. It is looked at where it lies.
    func state(ofSender port: UInt32, labelled label: SecurityIdentifier?) -> EventChannel.State? {
        let span = channels.span
        guard isValid(port), span[Int(port)].label == label, !span[Int(port)].isXens else { return nil }
        return span[Int(port)].state
    }

    /// Takes a port that is free.
    mutating func occupy(_ port: UInt32, _ channel: EventChannel) {
        channels[Int(port)] = channel
        activeCount += 1
        if channel.isXens { xenCount += 1 }
    }

    /// Gives a port back, at which nothing waits any more (``DomainState/free(_:)``).
    mutating func free(_ port: UInt32) {
        let channel = channels[Int(port)]
        if channel.isXens { xenCount -= 1 }
        monitorPorts.remove(port)
        activeCount -= 1
        // Where it was linked last stays: it may be in that queue still.
        channels[Int(port)] = EventChannel()
        channels[Int(port)].lastQueue = channel.lastQueue
        lowestFree = min(lowestFree, port)
    }

    /// Where `struct shared_info` has its parts.
    static let pendingOffset = 2_048
    static let maskOffset = 2_560
    static let processorInfoSize = 64
    /// How many processors have a place in it.
    static let processorInfoCount: UInt32 = 32
}
