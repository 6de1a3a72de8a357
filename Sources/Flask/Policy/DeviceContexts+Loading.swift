extension DeviceContexts {
    /// As a release of Xen keeps them, in the order in which it searches them: the first match counts. Of an interrupt's number it keeps
    /// sixteen bits. Before 4.12 the order is that of the image; since then each range of ports or frames goes before the first that does
    /// not end before it begins (Xen, xen/xsm/flask/ss/policydb.c: `policydb_read`).
    public func loaded(by release: XenRelease) -> DeviceContexts {
        var result = self
        for index in result.interrupts.indices { result.interrupts[index].number &= 0xffff }
        guard release.sortsRanges else { return result }
        result.ioPorts = RangeInsertion.order(ioPorts.map { (UInt64($0.low), UInt64($0.high)) }).map { ioPorts[$0] }
        result.ioMemory = RangeInsertion.order(ioMemory.map { ($0.low, $0.high) }).map { ioMemory[$0] }
        return result
    }
}

/// Ranges that are put in their places one by one.
private struct RangeInsertion {
    private struct Block {
        var entries: [(place: Int, high: UInt64)] = []
        var highest: UInt64 = 0
    }

    /// Short lists of the ranges so far, so that finding and making a place takes about the root of their number.
    private var blocks = [Block()]
    /// The end of the range that came last, if nothing is behind it.
    private var lastHigh: UInt64?
    private var isEmpty = true

    private static let longest = 2_048

    /// The places of the ranges in the order in which they stand in the end.
    static func order(_ ranges: [(low: UInt64, high: UInt64)]) -> [Int] {
        var insertion = RangeInsertion()
        for (place, range) in ranges.enumerated() { insertion.insert(place, range.low, range.high) }
        return insertion.blocks.flatMap { $0.entries.map(\.place) }
    }

    private mutating func insert(_ place: Int, _ low: UInt64, _ high: UInt64) {
        // What comes in ascending order is not looked at any further.
        let isAscending = isEmpty || lastHigh.map { $0 < low } ?? false
        isEmpty = false
        guard !isAscending, let block = blocks.firstIndex(where: { !$0.entries.isEmpty && $0.highest >= low }),
            let index = blocks[block].entries.firstIndex(where: { $0.high >= low })
        else {
            add(place, high, at: blocks[blocks.count - 1].entries.count, of: blocks.count - 1)
            lastHigh = high
            return
        }
        add(place, high, at: index, of: block)
        lastHigh = nil
    }

    private mutating func add(_ place: Int, _ high: UInt64, at index: Int, of block: Int) {
        blocks[block].entries.insert((place, high), at: index)
        blocks[block].highest = max(blocks[block].highest, high)
        guard blocks[block].entries.count > Self.longest else { return }
        var second = Block()
        second.entries = Array(blocks[block].entries[(Self.longest / 2)...])
        blocks[block].entries.removeSubrange((Self.longest / 2)...)
        second.highest = second.entries.map(\.high).max() ?? 0
        blocks[block].highest = blocks[block].entries.map(\.high).max() ?? 0
        blocks.insert(second, at: block + 1)
    }
}
