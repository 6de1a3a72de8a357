import Flask

/// A domain's grants: the entries that it shares with the hypervisor, what is made of them, and what it has mapped of others'
/// (Xen, xen/common/grant_table.c: `struct grant_table`).
struct GrantTable: Sendable {
    /// What domains may have at most.
    static let mostFrames: UInt32 = 64
    static let mostMappingFrames: UInt32 = 1_024
    /// The first entries are for control software, and survive a change of versions.
    static let reservedEntries: UInt32 = 8

    private(set) var version = 1
    let maximumVersion: UInt32
    let maximumFrames: UInt32
    let maximumMappings: Int
    /// Frames in use, of which the memory has more.
    private(set) var frameCount: UInt32 = 1
    private(set) var statusFrameCount: UInt32 = 0
    private var entries: SharedMemory?
    private var statuses: SharedMemory?
    /// By reference: grants that are in use.
    var active: [UInt32: ActiveGrant] = [:]
    /// By number; nil where one has ended.
    private(set) var mappings: [GrantMapping?] = []
    private var freeMappings: [UInt32] = []
    /// What processes of the domain have mapped, and what they share, by number.
    var processMappings: [UInt32: ProcessMapping] = [:]
    var processShares: [UInt32: ProcessShare] = [:]
    var nextProcessNumber: UInt32 = 1
    var nextSharedFrame: UInt32 = 0

    init() {
        maximumVersion = 2
        maximumFrames = Self.mostFrames
        maximumMappings = Int(Self.mostMappingFrames) * 256
    }

    /// A table with the limits that a domain is created with; a negative number is no limit of its own. Throws `EINVAL` for more
    /// than there may be.
    init(_ configuration: DomainConfiguration) throws(XenErrorNumber) {
        let frames = configuration.maximumGrantFrames
        let mappings = configuration.maximumMaptrackFrames
        guard frames <= Int32(Self.mostFrames), mappings <= Int32(Self.mostMappingFrames) else { throw .invalidArgument }
        maximumVersion = configuration.grantVersion & 0xf
        maximumFrames = frames < 0 ? Self.mostFrames : max(UInt32(frames), 1)
        maximumMappings = (mappings < 0 ? Int(Self.mostMappingFrames) : Int(mappings)) * 256
    }

    // MARK: Frames

    var entryCount: UInt32 { frameCount * (version == 1 ? 512 : 256) }
    private static func statusFrames(_ frames: UInt32) -> UInt32 { (frames + 7) / 8 }

    private mutating func entryMemory() throws(XenErrorNumber) -> SharedMemory {
        if let entries { return entries }
        let memory = try SharedMemory(pages: Int(maximumFrames))
        entries = memory
        return memory
    }

    private mutating func statusMemory() throws(XenErrorNumber) -> SharedMemory {
        if let statuses { return statuses }
        let memory = try SharedMemory(pages: Int(Self.statusFrames(maximumFrames)))
        statuses = memory
        return memory
    }

    /// Makes it so many frames at least. Throws `EINVAL` for more than it may have.
    mutating func grow(to frames: UInt32) throws(XenErrorNumber) {
        guard frames <= maximumFrames else { throw .invalidArgument }
        frameCount = max(frameCount, frames)
        if version == 2 { statusFrameCount = max(statusFrameCount, Self.statusFrames(frameCount)) }
    }

    /// A frame of entries, or of states; the table grows for it.
    mutating func frame(_ index: UInt32, ofStatuses: Bool) throws(XenErrorNumber) -> (memory: SharedMemory, offset: Int) {
        if ofStatuses {
            guard version == 2, index < Self.statusFrames(maximumFrames) else { throw .invalidArgument }
            if index >= statusFrameCount { try grow(to: min((index + 1) * 8, maximumFrames)) }
            return (try statusMemory(), Int(index) * 4_096)
        }
        guard index < maximumFrames else { throw .invalidArgument }
        try grow(to: index + 1)
        return (try entryMemory(), Int(index) * 4_096)
    }

    /// A frame by its number as one that is to be mapped (`XENMAPIDX_grant_table_status` marks those of states).
    mutating func frame(forMapping index: UInt64) throws(XenErrorNumber) -> (memory: SharedMemory, offset: Int) {
        let isStatus = version == 2 && index & 1 << 31 != 0
        guard let number = UInt32(exactly: isStatus ? index & ~(1 << 31) : index) else { throw .invalidArgument }
        return try frame(number, ofStatuses: isStatus)
    }

    func resourceSize(_ number: UInt32) -> UInt32 {
        switch number {
        case 0: maximumFrames
        case 1: Self.statusFrames(maximumFrames)
        default: 0
        }
    }

    /// Frames as a resource of the domain's. Throws `EINVAL`.
    mutating func acquire(_ number: UInt32, _ frames: Range<UInt32>) throws(XenErrorNumber) -> ResourceFrames {
        guard number <= 1, let last = frames.last, frames.lowerBound < resourceSize(number) else { throw .invalidArgument }
        _ = try frame(last, ofStatuses: number == 1)
        let first = try frame(frames.lowerBound, ofStatuses: number == 1)
        return ResourceFrames(memory: first.memory, offset: first.offset, count: frames.count)
    }

    // MARK: Entries

    func offset(of reference: UInt32) -> Int { Int(reference) * (version == 1 ? 8 : 16) }

    func header(_ reference: UInt32) -> GrantEntry.Header {
        GrantEntry.Header(rawValue: entries?.load32(at: offset(of: reference)) ?? 0)
    }

    /// Replaces the first word of an entry if it is as it was: nil then, else what it is now.
    mutating func replace(_ old: GrantEntry.Header, by new: UInt32, _ reference: UInt32) -> GrantEntry.Header? {
        guard let memory = try? entryMemory(),
            let (done, original) = memory.exchange(old.rawValue, for: new, at: offset(of: reference))
        else { return old }
        return done ? nil : GrantEntry.Header(rawValue: original)
    }

    /// An entry, read once.
    func entry(_ reference: UInt32) -> GrantEntry {
        let structure = ABIStructure(entries?.read(version == 1 ? 8 : 16, at: offset(of: reference)) ?? [])
        guard structure.bytes.count >= 8 else {
            return GrantEntry(header: .init(rawValue: 0), frame: 0, start: 0, length: 0)
        }
        let header = GrantEntry.Header(rawValue: structure.word32(at: 0))
        guard version == 2 else {
            return GrantEntry(header: header, frame: UInt64(structure.word32(at: 4)), start: 0, length: 4_096)
        }
        return GrantEntry(
            header: header, frame: structure.word64(at: 8), start: structure.word16(at: 4), length: structure.word16(at: 6))
    }

    /// Writes a whole entry, the first word last.
    mutating func write(_ header: UInt32, frame: UInt64, _ reference: UInt32) throws(XenErrorNumber) {
        let memory = try entryMemory()
        if version == 1 {
            memory.store(UInt32(truncatingIfNeeded: frame), at: offset(of: reference) + 4)
        } else {
            memory.store(frame, at: offset(of: reference) + 8)
        }
        memory.store(header, at: offset(of: reference))
    }

    mutating func setFlags(_ flags: UInt16, _ reference: UInt32) {
        _ = try? entryMemory().setBits(UInt32(flags), at: offset(of: reference))
    }

    /// Says in the entry, or in its state, that it is in use.
    mutating func setStatus(_ flags: UInt16, _ reference: UInt32) {
        guard version == 2 else { return setFlags(flags, reference) }
        _ = try? statusMemory().setBits(UInt32(flags) << (16 * (reference % 2)), at: Int(reference / 2) * 4)
    }

    mutating func clearStatus(_ flags: UInt16, _ reference: UInt32) {
        guard version == 2 else {
            _ = try? entryMemory().clearBits(UInt32(flags), at: offset(of: reference))
            return
        }
        _ = try? statusMemory().clearBits(UInt32(flags) << (16 * (reference % 2)), at: Int(reference / 2) * 4)
    }

    func status(_ reference: UInt32) -> UInt16 {
        guard version == 2 else { return header(reference).flags }
        return UInt16(truncatingIfNeeded: (statuses?.load32(at: Int(reference / 2) * 4) ?? 0) >> (16 * (reference % 2)))
    }

    // MARK: Versions

    /// Changes between versions of entries; the first few survive. Throws `ENOSYS` for one that it may not have, `EBUSY` while
    /// others are in use, `ERANGE` for what the first version cannot say (Xen: `gnttab_set_version`).
    mutating func setVersion(_ new: UInt32) throws(XenErrorNumber) {
        guard new == 1 || new == 2 else { throw .invalidArgument }
        guard new <= maximumVersion else { throw .notImplemented }
        guard Int(new) != version else { return }
        guard active.keys.allSatisfy({ $0 < Self.reservedEntries }) else { throw .busy }
        let kept = (0..<Self.reservedEntries).map { (entry($0), status($0)) }
        if version == 2 {
            for (entry, _) in kept {
                let isWide = entry.header.kind == GrantEntry.permitAccess && entry.frame >> 32 != 0
                guard !isWide, entry.header.kind != GrantEntry.transitive else { throw .resultTooLarge }
            }
        }
        _ = try entryMemory().clear(Int(frameCount) * 4_096, at: 0)
        let isFirst = version == 1
        version = Int(new)
        statusFrameCount = 0
        try grow(to: frameCount)
        if !isFirst { statuses = nil }
        let states = GrantEntry.reading | GrantEntry.writing
        for (index, (entry, status)) in kept.enumerated() {
            let flags = entry.header.flags
            if isFirst {
                try write(entry.header.rawValue & ~UInt32(states), frame: entry.frame, UInt32(index))
                setStatus(flags & states, UInt32(index))
            } else if entry.header.kind == GrantEntry.permitAccess {
                try write(entry.header.rawValue | UInt32(status), frame: entry.frame, UInt32(index))
            }
        }
    }

    /// Two entries change places. Throws `GNTST_bad_gntref`, and `GNTST_eagain` while one is in use.
    mutating func swap(_ first: UInt32, _ second: UInt32) throws(GrantStatus) {
        guard first < entryCount, second < entryCount else { throw .badReference }
        guard first != second else { return }
        guard active[first] == nil, active[second] == nil else { throw .tryAgain }
        guard let memory = try? entryMemory() else { throw .generalError }
        let size = version == 1 ? 8 : 16
        guard let one = memory.read(size, at: offset(of: first)), let two = memory.read(size, at: offset(of: second)) else {
            throw .generalError
        }
        _ = memory.write(two, at: offset(of: first))
        _ = memory.write(one, at: offset(of: second))
        guard version == 2 else { return }
        let (oneStatus, twoStatus) = (status(first), status(second))
        clearStatus(.max, first)
        clearStatus(.max, second)
        setStatus(twoStatus, first)
        setStatus(oneStatus, second)
    }

    // MARK: Mappings

    var hasFreeMapping: Bool { !freeMappings.isEmpty || mappings.count < maximumMappings }

    /// Keeps a mapping: its number, or nil when there are too many.
    mutating func add(_ mapping: GrantMapping) -> UInt32? {
        if let free = freeMappings.popLast() {
            mappings[Int(free)] = mapping
            return free
        }
        guard mappings.count < maximumMappings else { return nil }
        mappings.append(mapping)
        return UInt32(mappings.count - 1)
    }

    func mapping(_ handle: UInt32) -> GrantMapping? { handle < UInt32(clamping: mappings.count) ? mappings[Int(handle)] : nil }

    /// Replaces a mapping; nil ends it.
    mutating func set(_ handle: UInt32, _ mapping: GrantMapping?) {
        guard handle < UInt32(clamping: mappings.count), mappings[Int(handle)] != nil else { return }
        mappings[Int(handle)] = mapping
        if mapping == nil { freeMappings.append(handle) }
    }
}
