import Flask

/// A domain's memory: which page lies at which of its frames. Frames are guest frame numbers where the hypervisor translates for
/// the guest, else machine frame numbers.
///
/// Pages that are counted without one who looks at them (dom0's own, what was taken out of the map, what is kept for being
/// populated on demand) are numbers only.
struct GuestMemory: Sendable {
    static let framesOfLeaf: UInt64 = 512
    /// Guests have no frames from here on: 48 bits of address.
    static let endOfFrames: UInt64 = 1 << 36

    /// By the frame's upper bits, a word for each frame: its type and its page. The last word counts frames in use.
    private var leaves: [UInt64: [UInt64]] = [:]
    private(set) var special: [UInt64: SpecialFrame] = [:]
    var pool = PagePool()
    /// Pages that the domain has but that lie at no frame.
    var unplaced: UInt64 = 0
    /// Frames that are populated on demand, and pages kept for them.
    private(set) var onDemandFrames: UInt64 = 0
    var onDemandPages: UInt64 = 0
    /// How often others have a page mapped: pages without an entry are nobody else's.
    private(set) var references: [UInt32: UInt32] = [:]
    /// Pages that the domain has given up and others still have mapped. They are counted until those let go.
    private(set) var lingering: Set<UInt32> = []
    /// Pages of large memories whose memory was handed out by descriptor, and how often.
    var handedOut: [UInt32: UInt32] = [:]
    /// The highest frame at which there has ever been anything.
    private(set) var maximumFrame: UInt64 = 0
    /// Pages that the domain may count on having (`XENMEM_claim_pages`).
    var claim: UInt64 = 0
    /// What the guest is told of its memory, 20 bytes for each range.
    var map: [UInt8]?
    /// `struct shared_info`, whether or not the guest has it at a frame.
    private(set) var sharedInfo: SharedMemory?
    /// By processor, where its trace goes.
    var traces: [UInt32: SharedMemory] = [:]
    /// What the guest calls its machine frames, as far as it has said (the machine-to-physical table).
    var physicalFrames: [UInt64: UInt64] = [:]
    /// Machine frames that are pinned as page tables, with their level.
    var pinned: [UInt64: UInt8] = [:]
    /// Which frames were written to.
    var log = DirtyLog()
    /// Frames whose writes go to an I/O request server.
    private(set) var claimed: Set<UInt64> = []
    /// Whether its pages may be shared with others, and which were named for it, by the number that was given out.
    var isSharing = false
    var nominated: [UInt64: UInt64] = [:]
    var virtualNUMA: VirtualNUMA?

    // MARK: Looking

    /// What a frame is; frames with something special are memory, unless a device model has said something else.
    func type(of frame: UInt64) -> FrameType {
        special[frame]?.type ?? entry(frame).type
    }

    /// The domain's own page at a frame.
    func page(at frame: UInt64) -> UInt32? {
        let (type, page) = entry(frame)
        return type.isMemory && special[frame] == nil ? page : nil
    }

    /// Where what lies at a frame lies. Nil for a hole.
    func lookUp(_ frame: UInt64) -> GuestPage? {
        if let found = special[frame] {
            guard found.type.isMemory else { return nil }
            var isWritable = found.type != .readOnlyMemory
            if case .granted(_, let isReadOnly) = found.kind { isWritable = isWritable && !isReadOnly }
            return GuestPage(memory: found.memory, offset: found.offset, isWritable: isWritable)
        }
        let (type, page) = entry(frame)
        guard type.isMemory, let place = pool.place(of: page) else { return nil }
        return GuestPage(memory: place.memory, offset: place.offset, isWritable: type != .readOnlyMemory)
    }

    private func entry(_ frame: UInt64) -> (type: FrameType, page: UInt32) {
        guard let word = leaves[frame / Self.framesOfLeaf]?[Int(frame % Self.framesOfLeaf)] else { return (.hole, 0) }
        return (FrameType(rawValue: UInt8(truncatingIfNeeded: word >> 32)) ?? .hole, UInt32(truncatingIfNeeded: word))
    }

    /// Frames with memory of the domain's own and their pages, for those who check them.
    var placed: [(frame: UInt64, page: UInt32)] {
        leaves.flatMap { number, words in
            words.dropLast().enumerated().compactMap { index, _ in
                let frame = number * Self.framesOfLeaf + UInt64(index)
                let (type, page) = entry(frame)
                return type.hasPage ? (frame, page) : nil
            }
        }
    }

    /// The type of a frame's own page, whatever is special there.
    func ownType(of frame: UInt64) -> FrameType { entry(frame).type }

    // MARK: Placing

    private mutating func set(_ frame: UInt64, _ type: FrameType, _ page: UInt32) {
        let number = frame / Self.framesOfLeaf
        let index = Int(frame % Self.framesOfLeaf)
        let word = type == .hole ? 0 : UInt64(type.rawValue) << 32 | UInt64(page)
        let last = Int(Self.framesOfLeaf)
        if leaves[number] == nil {
            guard word != 0 else { return }
            leaves[number] = [UInt64](repeating: 0, count: last + 1)
        }
        let old = leaves[number]?[index] ?? 0
        leaves[number]?[index] = word
        if old == 0, word != 0 { leaves[number]?[last] += 1 }
        if old != 0, word == 0 {
            leaves[number]?[last] -= 1
            if leaves[number]?[last] == 0 { leaves[number] = nil }
        }
        if word != 0 { maximumFrame = max(maximumFrame, frame) }
        if type == .claimedByServer { claimed.insert(frame) } else if !claimed.isEmpty { claimed.remove(frame) }
    }

    /// Puts a page at a frame; what was there stays the domain's, at no frame. Throws `EINVAL` where there is somebody else's
    /// page, or no frame.
    mutating func place(_ page: UInt32, at frame: UInt64, as type: FrameType = .memory) throws(XenErrorNumber) {
        try vacate(frame)
        set(frame, type, page)
    }

    /// Puts pages at frames one behind the other, if there has been nothing near: false, and nothing is done, else. A large
    /// extent is placed in no time this way.
    mutating func placeFresh(_ run: Range<UInt32>, at frame: UInt64) -> Bool {
        let end = frame &+ UInt64(run.count)
        guard special.isEmpty, !run.isEmpty, frame < Self.endOfFrames, end <= Self.endOfFrames,
            (frame / Self.framesOfLeaf...(end - 1) / Self.framesOfLeaf).allSatisfy({ leaves[$0] == nil })
        else { return false }
        var here = frame
        while here < end {
            let index = here % Self.framesOfLeaf
            let count = min(Self.framesOfLeaf - index, end - here)
            var leaf = [UInt64](repeating: 0, count: Int(Self.framesOfLeaf) + 1)
            for offset in 0..<count {
                leaf[Int(index + offset)] = UInt64(FrameType.memory.rawValue) << 32 | UInt64(run.lowerBound) + here - frame + offset
            }
            leaf[Int(Self.framesOfLeaf)] = count
            leaves[here / Self.framesOfLeaf] = leaf
            here += count
        }
        maximumFrame = max(maximumFrame, end - 1)
        return true
    }

    /// Puts something special at a frame, as ``place(_:at:as:)`` does.
    mutating func place(_ frame: SpecialFrame, at number: UInt64) throws(XenErrorNumber) {
        try vacate(number)
        special[number] = frame
        maximumFrame = max(maximumFrame, number)
    }

    private mutating func vacate(_ frame: UInt64) throws(XenErrorNumber) {
        guard isFrame(frame), special[frame]?.isBorrowed != true else { throw .invalidArgument }
        removeSpecial(at: frame)
        let (type, page) = entry(frame)
        switch type {
        case .hole: return
        case .populateOnDemand: onDemandFrames -= 1
        case .deviceModel: break
        case .memory, .readOnlyMemory, .claimedByServer, .coveredMemory: displace(page)
        }
        set(frame, .hole, 0)
    }

    /// Whether a number can be one of a frame: machine frames are given to domains by number.
    func isFrame(_ frame: UInt64) -> Bool { frame < 1 << 40 }

    /// A page loses its frame and stays the domain's.
    private mutating func displace(_ page: UInt32) {
        if references[page] != nil {
            lingering.insert(page)
        } else {
            pool.release(page..<page + 1)
            unplaced += 1
        }
    }

    /// Takes something special away from a frame; nil when there is nothing such.
    @discardableResult
    mutating func removeSpecial(at frame: UInt64) -> SpecialFrame? {
        guard let found = special.removeValue(forKey: frame) else { return nil }
        if found.type == .claimedByServer { claimed.remove(frame) }
        return found
    }

    /// Takes the domain's own page from a frame; it stays the domain's, at no frame. False when there is none.
    mutating func unplace(_ frame: UInt64) -> Bool {
        guard let page = page(at: frame) else { return false }
        displace(page)
        set(frame, .hole, 0)
        return true
    }

    /// Takes the domain's own page from a frame and gives it back. Nil when there is none; else how many pages the domain has
    /// less: none as long as somebody else has it mapped.
    mutating func free(_ frame: UInt64) -> UInt64? {
        guard let page = page(at: frame) else { return nil }
        set(frame, .hole, 0)
        if references[page] != nil {
            lingering.insert(page)
            return 0
        }
        pool.release(page..<page + 1)
        return 1
    }

    /// Moves the domain's own page from a frame to another, which must be vacant or its own; it is memory there like any other,
    /// also where that is the same frame. Throws `EINVAL`.
    mutating func move(_ frame: UInt64, to target: UInt64) throws(XenErrorNumber) {
        let (type, page) = entry(frame)
        guard type.hasPage, special[frame] == nil else { throw .invalidArgument }
        if frame != target {
            try place(page, at: target)
            set(frame, .hole, 0)
        } else {
            set(frame, .memory, page)
        }
    }

    /// Makes a frame of memory another kind of it, or gives it to the device model; a frame without memory is the device model's
    /// only. False where that cannot be, as with somebody else's page.
    mutating func setType(_ type: FrameType, at frame: UInt64) -> Bool {
        guard isFrame(frame), type != .populateOnDemand, type != .hole, self.type(of: frame).mayBecome(type) else { return false }
        guard special[frame] == nil else {
            guard special[frame]?.isBorrowed == false else { return false }
            special[frame]?.type = type
            if type == .claimedByServer { claimed.insert(frame) } else { claimed.remove(frame) }
            return true
        }
        let (old, page) = entry(frame)
        set(frame, type == .deviceModel && old.hasPage ? .coveredMemory : type, page)
        return true
    }

    /// Makes memory again of what is an I/O request server's, from a frame on.
    mutating func endClaims(from first: UInt64) {
        for frame in claimed where frame >= first { _ = setType(.memory, at: frame) }
    }

    /// Keeps the memory at a frame from the guest, who has nothing there then, until ``restore(_:at:)``. False, and nothing is
    /// done, when there is no memory; nil when another page lies there (Xen: `hvm_remove_ioreq_gfn`).
    mutating func withhold(_ held: HeldPage, at frame: UInt64) -> Bool? {
        let (type, page) = entry(frame)
        if let number = held.number, special[frame] == nil, type.hasPage, page == number {
            lingering.insert(number)
            set(frame, .hole, 0)
            return true
        }
        if held.number == nil, let found = special[frame], found.memory === held.page.memory, found.offset == held.page.offset {
            removeSpecial(at: frame)
            return true
        }
        return self.type(of: frame).isMemory ? nil : false
    }

    /// Puts a page back that was withheld; what lies there meanwhile stays the domain's, at no frame. Where there is somebody
    /// else's page, nothing is done.
    mutating func restore(_ held: HeldPage, at frame: UInt64) {
        guard let number = held.number, lingering.contains(number), references[number] != nil,
            (try? place(number, at: frame)) != nil
        else { return }
        lingering.remove(number)
        markDirty(frame)
    }

    // MARK: Writes

    /// Puts a frame of memory into the log. That another page lies at a frame is no write: who saves a domain keeps its memory
    /// as it is meanwhile, as with Xen.
    mutating func markDirty(_ frame: UInt64) { log.mark(physicalFrames[frame] ?? frame) }

    /// Somebody has written to a frame by way of the hypervisor.
    ///
    /// In Xen such a write is in the log only: a screen's frames are looked at for writes of the guest's processors, which no
    /// hypervisor is needed for (xen/arch/x86/mm/paging.c: `paging_log_dirty_range`). No processor runs here, so that what the
    /// hypervisor writes for somebody is all that there is to show.
    mutating func noteWrite(_ frame: UInt64) {
        guard log.isEnabled || log.video != nil, type(of: frame).isMemory else { return }
        log.markVideo(frame)
        markDirty(frame)
    }

    /// The page of information that the hypervisor shares with the guest, made when somebody first needs it. Throws `ENOMEM`.
    mutating func makeSharedInfo() throws(XenErrorNumber) -> SharedMemory {
        if let sharedInfo { return sharedInfo }
        let memory = try SharedMemory(pages: 1)
        sharedInfo = memory
        return memory
    }

    /// The frame at which the guest has it; nil for one that has it nowhere.
    var sharedInfoFrame: UInt64? {
        special.first { if case .sharedInfo = $0.value.kind { true } else { false } }?.key
    }

    // MARK: Populating on demand

    /// Makes frames ones that are populated on demand. False, and nothing is done, when there is memory at one of them.
    mutating func populateOnDemand(_ frames: Range<UInt64>) -> Bool {
        guard frames.allSatisfy({ isFrame($0) && special[$0] == nil && !entry($0).type.hasPage }) else { return false }
        for frame in frames where entry(frame).type != .populateOnDemand {
            set(frame, .populateOnDemand, 0)
            onDemandFrames += 1
        }
        return true
    }

    /// Populates a frame out of the pages that are kept for it. False when there is no such frame or no page.
    mutating func populate(_ frame: UInt64) -> Bool {
        guard entry(frame).type == .populateOnDemand, onDemandPages > 0, let run = try? pool.take(1).first else { return false }
        set(frame, .memory, run.lowerBound)
        onDemandFrames -= 1
        onDemandPages -= 1
        markDirty(frame)
        return true
    }

    /// Makes a frame that is populated on demand a hole; false when it is none.
    mutating func forget(onDemand frame: UInt64) -> Bool {
        guard entry(frame).type == .populateOnDemand else { return false }
        set(frame, .hole, 0)
        onDemandFrames -= 1
        return true
    }

    // MARK: Pages that others have

    /// Holds what lies at a frame of the guest's own, for the hypervisor. Throws `EINVAL` where there is nothing such.
    mutating func hold(_ frame: UInt64) throws(XenErrorNumber) -> HeldPage {
        _ = populate(frame)
        guard special[frame]?.isBorrowed != true, let found = lookUp(frame) else { throw .invalidArgument }
        let number = page(at: frame)
        if let number { retain(number) }
        return HeldPage(page: SharedPage(memory: found.memory, offset: found.offset), number: number)
    }

    /// Lets go of a page that was held. How many pages the domain has less.
    mutating func letGo(_ held: HeldPage) -> UInt64 { held.number.map { release($0) } ?? 0 }

    /// Somebody else maps a page.
    mutating func retain(_ page: UInt32) { references[page, default: 0] += 1 }

    /// Somebody else lets go of a page. How many pages the domain has less: one that it had given up is free now.
    mutating func release(_ page: UInt32) -> UInt64 {
        guard let count = references[page] else { return 0 }
        references[page] = count > 1 ? count - 1 : nil
        guard count == 1, lingering.remove(page) != nil else { return 0 }
        pool.release(page..<page + 1)
        return 1
    }

    /// Moves the page at a frame into a memory of its own, so that it can be handed out without the others. Throws `EBUSY` when
    /// somebody else has it mapped where it is, and `ENOMEM`.
    mutating func setApart(_ frame: UInt64) throws(XenErrorNumber) {
        guard let page = page(at: frame) else { throw .invalidArgument }
        guard !PagePool.isApart(page) else { return }
        guard references[page] == nil, handedOut[page] == nil, let old = pool.place(of: page) else { throw .busy }
        let other = try pool.takeApart()
        guard let new = pool.place(of: other), let bytes = old.memory.read(4_096, at: old.offset) else { throw .outOfMemory }
        _ = new.memory.write(bytes, at: new.offset)
        set(frame, entry(frame).type, other)
        pool.release(page..<page + 1)
    }
}
