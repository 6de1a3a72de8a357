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

    // MARK: Raising

    /// An event comes at a port: whoever listens is told, or the domain's pages tell of it.
    mutating func raise(_ port: UInt32, _ notices: inout EventNotices) {
        guard let channel = events[valid: port], channel.isUsable else { return }
        raise(port, at: channel.processor, &notices)
    }

    /// The same, at another processor than the one to which the port is bound.
    mutating func raise(_ port: UInt32, at processor: UInt32, _ notices: inout EventNotices) {
        guard let channel = events[valid: port], channel.isUsable else { return }
        if let listener = channel.listener { return notices.add(listener, port) }
        if events.queues != nil {
            var changed = channel
            let result = events.queues?.raise(port, &changed, processor: processor)
            events.channels[Int(port)] = changed
            guard let result else { return }
            if result.tells { markPending(processor) }
            if result.isNew { wakePollers(port) }
            return
        }
        guard port < EventChannels.twoLevelLimit, let page = events.sharedInfoPage() else { return }
        guard page.setBit(port, at: EventChannels.pendingOffset) == false else { return }
        if !page.bit(port, at: EventChannels.maskOffset) { select(port, processor) }
        wakePollers(port)
    }

    /// Where `struct vcpu_info` of a processor is.
    private mutating func processorInfo(_ processor: UInt32) -> (memory: SharedMemory, offset: Int)? {
        if let place = events.processorInfo[processor] { return (place.page.memory, place.page.offset + place.offset) }
        guard processor < EventChannels.processorInfoCount, let page = events.sharedInfoPage() else { return nil }
        return (page, Int(processor) * EventChannels.processorInfoSize)
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
        guard port < EventChannels.twoLevelLimit, let page = events.sharedInfoPage(),
            page.clearBit(port, at: EventChannels.maskOffset) == true,
            page.bit(port, at: EventChannels.pendingOffset)
        else { return }
        select(port, channel.processor)
    }
}
