/// What the FIFO interface has: a word for each port in pages of the guest's, and queues by processor and priority (Xen,
/// xen/common/event_fifo.c).
struct EventQueues: Sendable {
    /// The bits of an event word.
    static let pending: UInt32 = 1 << 31
    static let masked: UInt32 = 1 << 30
    static let linked: UInt32 = 1 << 29
    static let busy: UInt32 = 1 << 28
    static let linkMask: UInt32 = (1 << linkBits) - 1
    static let linkBits: UInt32 = 17
    static let priorityCount = 16
    /// The size of a control block.
    static let controlSize: UInt32 = 72
    static let wordsInPage: UInt32 = 1_024
    static let pageLimit = Int(EventChannels.fifoLimit / wordsInPage)

    /// A processor's control block, and the last port of each of its queues; 0 where a queue is empty.
    struct Processor: Sendable {
        var control: HeldPage?
        var controlOffset = 0
        var tails = [UInt32](repeating: 0, count: EventQueues.priorityCount)
    }

    var processors: [Processor]
    var pages: [HeldPage] = []

    init(processorCount: Int) {
        processors = [Processor](repeating: Processor(), count: processorCount)
    }

    var portCount: UInt32 { UInt32(pages.count) * Self.wordsInPage }

    /// Where the event word of a port is; nil while there is no page for it.
    func word(of port: UInt32) -> (memory: SharedMemory, offset: Int)? {
        guard port < portCount else { return nil }
        let page = pages[Int(port / Self.wordsInPage)].page
        return (page.memory, page.offset + Int(port % Self.wordsInPage) * 4)
    }

    private func tail(_ place: EventChannel.QueuePlace) -> UInt32? {
        guard place.processor < processors.count else { return nil }
        return processors[Int(place.processor)].tails[Int(place.priority)]
    }

    /// Makes an event pending, and links the port to its queue where it is to be. Whether it is new, and whether the
    /// processor is to be told.
    mutating func raise(
        _ port: UInt32, _ channel: inout EventChannel, processor: UInt32
    ) -> (isNew: Bool, tells: Bool)? {
        guard let word = word(of: port) else {
            // It is told once there is a page.
            channel.isSaved = true
            return nil
        }
        guard processor < processors.count, let control = processors[Int(processor)].control?.page else {
            return nil
        }
        let block = control.offset + processors[Int(processor)].controlOffset
        let old = word.memory.formUnion32(Self.pending, at: word.offset) ?? 0
        let isNew = old & Self.pending == 0
        channel.isSaved = false
        guard (word.memory.load32(at: word.offset) ?? Self.masked) & Self.masked == 0,
            let before = word.memory.formUnion32(Self.linked, at: word.offset), before & Self.linked == 0
        else { return (isNew, false) }
        let place = EventChannel.QueuePlace(processor: processor, priority: channel.priority)
        // If it was the last of the queue where it was, that one is empty now.
        let last = channel.lastQueue
        if tail(last) == port { processors[Int(last.processor)].tails[Int(last.priority)] = 0 }
        channel.lastQueue = place
        var isLinked = false
        let tail = processors[Int(processor)].tails[Int(channel.priority)]
        if tail != 0, let tailWord = self.word(of: tail) {
            isLinked = Self.link(tailWord.memory, tailWord.offset, to: port)
        }
        if !isLinked { control.memory.store(port, at: block + 8 + Int(channel.priority) * 4) }
        processors[Int(processor)].tails[Int(channel.priority)] = port
        guard !isLinked else { return (isNew, false) }
        let ready = control.memory.formUnion32(1 << UInt32(channel.priority), at: block) ?? 0
        return (isNew, ready >> UInt32(channel.priority) & 1 == 0)
    }

    /// Links a word that is linked still to a port. The guest may mask and unmask meanwhile, and take it out of the queue,
    /// which he does four times at most if he means it.
    private static func link(_ memory: SharedMemory, _ offset: Int, to port: UInt32) -> Bool {
        guard var value = memory.load32(at: offset) else { return false }
        for _ in 0..<5 {
            guard value & linked != 0 else { return false }
            let new = value & ~(busy | linkMask) | port
            guard let result = memory.exchange(value, for: new, at: offset) else { return false }
            if result.exchanged { return true }
            value = result.original
        }
        return true
    }
}
