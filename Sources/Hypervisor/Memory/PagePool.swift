import Flask

/// Where the pages of one domain lie. A page is a number: most are pages of large memories, which take only what is touched;
/// some lie in a memory of their own, so that one of them can be handed to somebody who may not see the others.
///
/// A page never goes to another domain, whatever it held: who was let see a domain's memory sees that domain's for as long as
/// it keeps it mapped.
struct PagePool: Sendable {
    /// Pages of a large memory: 256 MiB.
    static let chunkPages: UInt32 = 1 << 16
    /// Page numbers from here on have a memory of their own.
    static let firstApart: UInt32 = 0x1f0_0000
    /// Pages of large memories are below; between there are numbers for what processes share.
    static let firstShared: UInt32 = 0x180_0000
    /// Numbers of the frames of the grant table, and of its states.
    static let firstGrantFrame: UInt32 = 0x1ff_8000
    static let firstStatusFrame: UInt32 = 0x1ff_9000
    /// How many page numbers there are: a machine frame number has room for so many.
    static let end: UInt32 = 0x200_0000
    /// Each takes a descriptor.
    static let mostApart = 256
    /// So many are given out before anybody asks for one to be apart: pages that a guest is built with to be shared.
    static let mostApartBefore = 32

    private var chunks: [SharedMemory] = []
    private var apart: [SharedMemory?] = []
    private var freeApart: [UInt32] = []
    /// Pages of large memories that were used and are free again, empty.
    private var free: [UInt32] = []
    /// Pages of large memories from here on were never used.
    private var next: UInt32 = 0

    /// Pages that are in use.
    var count: Int { Int(next) - free.count + apart.count - freeApart.count }
    var countApart: Int { apart.count - freeApart.count }
    /// Pages that are free, for those who check that none is also in use.
    var freePages: [UInt32] { free + freeApart }

    /// Whether a page lies in a memory of its own.
    static func isApart(_ page: UInt32) -> Bool { page >= firstApart }

    /// Where a page lies; nil for a number that was never given out.
    func place(of page: UInt32) -> (memory: SharedMemory, offset: Int)? {
        if Self.isApart(page) {
            let index = Int(page - Self.firstApart)
            guard index < apart.count, let memory = apart[index] else { return nil }
            return (memory, 0)
        }
        guard page < next else { return nil }
        return (chunks[Int(page / Self.chunkPages)], Int(page % Self.chunkPages) * 4_096)
    }

    /// Takes pages, one behind the other as long as the domain has not worn its memories out. Throws `ENOMEM`.
    mutating func take(_ count: UInt32) throws(XenErrorNumber) -> [Range<UInt32>] {
        let inUse = UInt64(next) - UInt64(free.count)
        // What was freed is used again before the memories become twice as large as what is in use.
        let limit = min(UInt64(Self.firstShared), (2 * (inUse + UInt64(count)) + 0xffff) & ~0xffff)
        if (count > 1 || free.isEmpty) && UInt64(next) + UInt64(count) <= limit { return [try takeFresh(count)] }
        let reused = min(count, UInt32(free.count))
        var runs: [Range<UInt32>] = []
        if count > reused { runs.append(try takeFresh(count - reused)) }
        for page in free.suffix(Int(reused)) { runs.append(page..<page + 1) }
        free.removeLast(Int(reused))
        return runs
    }

    private mutating func takeFresh(_ count: UInt32) throws(XenErrorNumber) -> Range<UInt32> {
        guard count <= Self.firstShared - next else { throw .outOfMemory }
        let end = next + count
        while UInt64(chunks.count) * UInt64(Self.chunkPages) < UInt64(end) {
            chunks.append(try SharedMemory(pages: Int(Self.chunkPages)))
        }
        defer { next = end }
        return next..<end
    }

    /// Takes a page with a memory of its own. Throws `ENOMEM`, also when there are too many of them.
    mutating func takeApart() throws(XenErrorNumber) -> UInt32 {
        guard countApart < Self.mostApart else { throw .outOfMemory }
        let memory = try SharedMemory(pages: 1)
        if let page = freeApart.popLast() {
            apart[Int(page - Self.firstApart)] = memory
            return page
        }
        apart.append(memory)
        return Self.firstApart + UInt32(apart.count - 1)
    }

    /// Gives pages back, which are empty then.
    mutating func release(_ run: Range<UInt32>) {
        var page = run.lowerBound
        while page < run.upperBound {
            if Self.isApart(page) {
                // Somebody may still have it: whoever gets the number next gets another memory.
                apart[Int(page - Self.firstApart)] = nil
                freeApart.append(page)
                page += 1
                continue
            }
            let end = min(run.upperBound, (page / Self.chunkPages + 1) * Self.chunkPages)
            _ = chunks[Int(page / Self.chunkPages)].discard(
                Int(end - page) * 4_096, at: Int(page % Self.chunkPages) * 4_096)
            free.append(contentsOf: page..<end)
            page = end
        }
    }
}
