import Flask

/// Somebody who emulates devices of a domain (Xen, xen/common/ioreq.c: `struct ioreq_server`).
struct IORequestServer: Sendable {
    /// How many of them a domain may have (`MAX_NR_IOREQ_SERVERS`).
    static let limit = 8

    /// Which accesses it may take without the processor waiting, and how the ring's pointers are kept.
    enum Buffering: UInt8, Hashable, Sendable {
        case off = 0
        case legacy = 1
        case atomic = 2
    }

    let emulator: Domain
    /// Who made it, where the emulating domain is not one alone.
    let owner: ClientOwner?
    let buffering: Buffering
    var isEnabled = false
    /// Where requests are put one by one, and where they are put behind each other.
    var synchronous: SharedPage?
    var buffered: SharedPage?
    /// The guest's frames that these are, where they are some; the guest loses them as long as the server is enabled.
    var frames: [Frame] = []
    /// By type: ports, memory, PCI devices.
    var ranges = [IORangeSet](repeating: IORangeSet(), count: 3)
    /// The port of each processor, and the one of the ring.
    var ports: [UInt32] = []
    var bufferedPort: UInt32?
    /// The processors that wait, and the state that each has seen last.
    var waiting: [UInt32: UInt32] = [:]

    struct Frame: Sendable {
        let number: UInt64
        let page: HeldPage
        let isBuffered: Bool
        /// Whether the guest has lost it.
        var isWithheld = false
    }

    /// The frame of one of the pages, if it is one.
    func frame(isBuffered: Bool) -> UInt64? { frames.first { $0.isBuffered == isBuffered }?.number }

    init(emulator: Domain, owner: ClientOwner?, buffering: Buffering) {
        self.emulator = emulator
        self.owner = owner
        self.buffering = buffering
    }

    /// Whether it is the caller's: his domain's, and his own where somebody said whose it is. Throws `EPERM`.
    func check(_ caller: Caller) throws(XenErrorNumber) {
        guard emulator === caller.domain, owner == nil || owner === caller.owner else { throw .operationNotPermitted }
    }

    /// Whether it takes an access, which it may be given in another form: to a device's configuration by the device.
    func takes(_ request: IORequest, configuration: (device: UInt32, register: UInt64)?) -> Bool {
        if let configuration { return ranges[2].contains(UInt64(configuration.device)...UInt64(configuration.device)) }
        switch request.kind {
        case .port: return request.ports.map { ranges[0].contains($0) } ?? false
        case .memory: return request.memory.map { ranges[1].contains($0) } ?? false
        case .pciConfiguration, .timeOffset, .invalidate: return false
        }
    }

    /// Where a processor's request is.
    func place(_ processor: UInt32) -> (memory: SharedMemory, offset: Int)? {
        synchronous.map { ($0.memory, $0.offset + Int(processor) * IORequest.byteCount) }
    }

    /// Tells the emulator at which port each processor waits.
    func tellPorts() {
        for (processor, port) in ports.enumerated() {
            guard let place = place(UInt32(processor)) else { return }
            place.memory.store(port, at: place.offset + IORequest.portOffset)
        }
    }
}
