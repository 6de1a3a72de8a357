import Flask

// Ports of a domain: getting one, and what happens when an event comes (Xen, xen/common/event_channel.c, event_2l.c,
// event_fifo.c).

extension DomainState {
    /// How many ports the domain may have.
    var portLimit: UInt32 {
        let own = min(configuration.maximumEventPort, UInt32(Int32.max)) + 1
        return min(own, events.queues == nil ? EventChannels.twoLevelLimit : EventChannels.fifoLimit)
    }

    /// The next free port, which the caller takes at once. Throws `ENOSPC`, and `EINVAL` when the domain dies (Xen:
    /// `get_free_port`).
    mutating func freePort() throws(XenErrorNumber) -> UInt32 {
        guard !isDying else { throw .invalidArgument }
        let limit = portLimit
        var hasSkipped = false
        var port = events.lowestFree
        while port < limit {
            if port >= events.channels.count {
                events.channels += [EventChannel](repeating: EventChannel(), count: EventChannels.bucket)
            }
            if events.channels[Int(port)].state == .free {
                // One that is linked to a queue still may not be used again yet.
                let word = events.queues?.word(of: port).flatMap { $0.memory.load32(at: $0.offset) } ?? 0
                if word & EventQueues.linked == 0 {
                    if !hasSkipped { events.lowestFree = port + 1 }
                    return port
                }
                if !hasSkipped { events.lowestFree = port }
                hasSkipped = true
            }
            port += 1
        }
        throw .noSpace
    }

    func hasProcessor(_ number: UInt32) -> Bool { number < processors.count }

    /// Gives a port back, and forgets an event that waits there (Xen: `evtchn_free`).
    mutating func free(_ port: UInt32) {
        if events[valid: port]?.isUsable == true {
            if let place = events.queues?.word(of: port) {
                place.memory.subtract32(EventQueues.pending, at: place.offset)
            } else if events.queues == nil, port < EventChannels.twoLevelLimit {
                _ = memory.sharedInfo?.clearBit(port, at: EventChannels.pendingOffset)
            }
        }
        events.free(port)
    }

    /// Whether an event waits at a port that the domain has.
    func isPending(_ port: UInt32) -> Bool {
        guard events[valid: port]?.isUsable == true else { return false }
        if let queues = events.queues {
            guard let place = queues.word(of: port) else { return false }
            return (place.memory.load32(at: place.offset) ?? 0) & EventQueues.pending != 0
        }
        return port < EventChannels.twoLevelLimit && memory.sharedInfo?.bit(port, at: EventChannels.pendingOffset) == true
    }

    /// Ends the use of queues, and gives back what they had.
    mutating func endQueues() {
        guard let queues = events.queues else { return }
        for page in queues.pages + queues.processors.compactMap(\.control) { letGo(page) }
        events.queues = nil
    }

    // MARK: Raising

    /// An event comes from the other end of a channel, of which the hypervisor itself may have this one.
    mutating func take(eventAt port: UInt32, _ notices: inout EventNotices) {
        guard let channel = events[valid: port] else { return }
        guard channel.isXens else { return raise(port, &notices) }
        guard port != control.monitor.ring?.port else {
            control.monitor.ring?.takeResponses()
            return
        }
        if let listener = channel.listener ?? deviceModel.waiters[channel.processor] { notices.add(listener, port) }
    }

    /// An event comes at a port: whoever listens is told, or the domain's pages tell of it.
    mutating func raise(_ port: UInt32, _ notices: inout EventNotices) { raise(port, at: nil, &notices) }

    /// The same, perhaps at another processor than the one to which the port is bound.
    mutating func raise(_ port: UInt32, at processor: UInt32?, _ notices: inout EventNotices) {
        guard let channel = events[valid: port], channel.isUsable else { return }
        if let listener = channel.listener { return notices.add(listener, port) }
        let processor = processor ?? channel.processor
        if events.queues != nil {
            var changed = channel
            let result = events.queues?.raise(port, &changed, processor: processor)
            events.channels[Int(port)] = changed
            guard let result else { return }
            if result.tells { markPending(processor) }
            if result.isNew { wakePollers(port) }
            return
        }
        guard port < EventChannels.twoLevelLimit, let page = try? memory.makeSharedInfo() else { return }
        guard page.setBit(port, at: EventChannels.pendingOffset) == false else { return }
        if !page.bit(port, at: EventChannels.maskOffset) { select(port, processor) }
        wakePollers(port)
    }

    /// Where `struct vcpu_info` of a processor is; nil for one that is told of nothing.
    private mutating func processorInfo(_ processor: UInt32) -> (memory: SharedMemory, offset: Int)? {
        if let place = events.processorInfo[processor] {
            return (place.page.page.memory, place.page.page.offset + place.offset)
        }
        guard processor < EventChannels.processorInfoCount, let page = try? memory.makeSharedInfo() else { return nil }
        return (page, Int(processor) * EventChannels.processorInfoSize)
    }

    /// Moves the `struct vcpu_info` of a processor to a place in the guest's memory, once. All of its ports are to be looked at
    /// then, so that nothing is lost. Throws `ENXIO` for what cannot be such a place, and `EINVAL` for a processor that has
    /// moved it, for another one that is up, and where there is no memory (Xen, xen/common/domain.c: `map_vcpu_info`).
    mutating func moveProcessorInfo(
        _ processor: UInt32, to frame: UInt64, _ offset: UInt32, by current: UInt32
    ) throws(XenErrorNumber) {
        let size = EventChannels.processorInfoSize
        guard offset <= 4_096 - UInt32(size), offset % 8 == 0 else { throw .noSuchAddress }
        guard hasProcessor(processor), events.processorInfo[processor] == nil,
            processor == current || !processors[Int(processor)].isOnline
        else { throw .invalidArgument }
        let held = try memory.hold(frame)
        let place = held.page.offset + Int(offset)
        if let old = processorInfo(processor) {
            _ = old.memory.copy(size, from: old.offset, to: held.page.memory, at: place)
        } else {
            _ = held.page.memory.clear(size, at: place)
            _ = held.page.memory.write([0, 1], at: place)
        }
        events.processorInfo[processor] = (held, Int(offset))
        _ = held.page.memory.store(UInt64.max, at: place + 8)
        markPending(processor)
    }

    /// All processors are told of events where the hypervisor wants it again (Xen: `unmap_vcpu_info`).
    mutating func resetProcessorInfo() {
        for place in events.processorInfo.values { letGo(place.page) }
        events.processorInfo = [:]
    }

    private mutating func select(_ port: UInt32, _ processor: UInt32) {
        guard let info = processorInfo(processor), let old = info.memory.formUnion(1 << UInt64(port / 64), at: info.offset + 8)
        else { return }
        if old >> UInt64(port / 64) & 1 == 0 { markPending(processor) }
    }

    /// Tells a processor that there are events, and wakes it.
    private mutating func markPending(_ processor: UInt32) {
        if let info = processorInfo(processor) { info.memory.formUnion(1, at: info.offset) }
        if hasProcessor(processor) { processors[Int(processor)].isBlocked = false }
    }

    private mutating func wakePollers(_ port: UInt32) {
        for (processor, wanted) in events.pollers where wanted == 0 || wanted == port {
            events.pollers[processor] = nil
            if hasProcessor(processor) { processors[Int(processor)].isBlocked = false }
        }
    }

    /// Whether a processor has events to look at (Xen: `local_events_need_delivery`).
    mutating func hasEvents(_ processor: UInt32) -> Bool {
        guard let info = processorInfo(processor), let word = info.memory.load64(at: info.offset) else { return false }
        return word & 0xff != 0 && (isHVM || word >> 8 & 0xff == 0)
    }

    /// Lets events come that were kept back at a port.
    mutating func unmask(_ port: UInt32) {
        guard let channel = events[valid: port], channel.isUsable, channel.listener == nil else { return }
        if let queues = events.queues {
            guard let word = queues.word(of: port) else { return }
            word.memory.subtract32(EventQueues.masked, at: word.offset)
            guard (word.memory.load32(at: word.offset) ?? 0) & EventQueues.pending != 0 else { return }
            var notices = EventNotices()
            return raise(port, &notices)
        }
        guard port < EventChannels.twoLevelLimit, let page = try? memory.makeSharedInfo(),
            page.clearBit(port, at: EventChannels.maskOffset) == true,
            page.bit(port, at: EventChannels.pendingOffset)
        else { return }
        select(port, channel.processor)
    }
}
