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
    /// The processors that wait: the state that each has seen last, by number, as far as any has waited.
    private var waiting: [UInt32?] = []

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

    /// Whether it is enabled and takes an access, which it may be given in another form: to a device's configuration by the device.
    func takes(_ request: IORequest, configuration: (device: UInt32, register: UInt64)?) -> Bool {
        guard isEnabled else { return false }
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

    /// Puts an access of a processor where the emulator looks for it, and says at which port that is to be told; nil where it
    /// cannot take one. It has not changed the port behind the hypervisor's back, and has no other access.
    mutating func begin(_ request: IORequest, _ processor: UInt32) -> UInt32? {
        guard processor < ports.count, let place = place(processor) else { return nil }
        let port = ports[Int(processor)]
        guard let word = place.memory.load32(at: place.offset + IORequest.stateOffset), IORequest.state(word) == 0,
            place.memory.load32(at: place.offset + IORequest.portOffset) == port
        else { return nil }
        request.write(to: place.memory, at: place.offset)
        place.memory.store(request.word(IORequest.State.ready), at: place.offset + IORequest.stateOffset)
        while processor >= waiting.count { waiting.append(nil) }
        waiting[Int(processor)] = IORequest.State.none
        return port
    }

    func isAwaited(by processor: UInt32) -> Bool { processor < waiting.count && waiting[Int(processor)] != nil }

    /// Looks at the access that a processor waits for; nil where it waits for none (Xen: `wait_for_io`).
    mutating func step(_ processor: UInt32) -> IOCompletion? {
        guard processor < waiting.count, let seen = waiting[Int(processor)] else { return nil }
        let place = place(processor)
        let word = place.map { place in place.memory.load32(at: place.offset + IORequest.stateOffset) ?? 0 } ?? 0
        let state = IORequest.state(word)
        waiting[Int(processor)] = nil
        switch state {
        // Its emulator went away.
        case IORequest.State.none: return .done(.max)
        case _ where state < seen: return .crashed
        case IORequest.State.responseReady:
            guard let place else { return .done(.max) }
            place.memory.store(word & ~(0xf << 16), at: place.offset + IORequest.stateOffset)
            return .done(place.memory.load64(at: place.offset + 8) ?? .max)
        case IORequest.State.ready, IORequest.State.inProcess:
            waiting[Int(processor)] = state
            return .waits
        default: return .crashed
        }
    }

    /// Tells the emulator at which port each processor waits.
    func tellPorts() {
        for (processor, port) in ports.enumerated() {
            guard let place = place(UInt32(processor)) else { return }
            place.memory.store(port, at: place.offset + IORequest.portOffset)
        }
    }
}
