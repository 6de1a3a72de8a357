import Flask

/// Addresses that an ioreq server is asked about: ranges in order that neither touch nor overlap, and not too many (Xen,
/// xen/common/rangeset.c).
struct IORangeSet: Sendable {
    /// How many there may be (Xen: `MAX_NR_IO_RANGES`).
    static let limit = 256

    private(set) var ranges: [ClosedRange<UInt64>] = []

    /// Which range begins last at or before an address.
    private func index(_ address: UInt64) -> Int? {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].lowerBound <= address { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? low - 1 : nil
    }

    /// Whether one range holds all of another.
    func contains(_ range: ClosedRange<UInt64>) -> Bool {
        index(range.lowerBound).map { ranges[$0].upperBound >= range.upperBound } ?? false
    }

    func overlaps(_ range: ClosedRange<UInt64>) -> Bool {
        index(range.upperBound).map { ranges[$0].upperBound >= range.lowerBound } ?? false
    }

    /// Adds a range; neighbours become one. Throws `EEXIST` when a part of it is there, `ENOMEM` when there are too many.
    mutating func insert(_ range: ClosedRange<UInt64>) throws(XenErrorNumber) {
        guard !overlaps(range) else { throw .exists }
        let before = index(range.lowerBound)
        var place: Int
        if let before, ranges[before].upperBound &+ 1 == range.lowerBound {
            place = before
            ranges[place] = ranges[place].lowerBound...range.upperBound
        } else {
            // Also where it would become one with what comes behind it.
            guard ranges.count < Self.limit else { throw .outOfMemory }
            place = before.map { $0 + 1 } ?? 0
            ranges.insert(range, at: place)
        }
        let next = place + 1
        if next < ranges.count, ranges[place].upperBound &+ 1 == ranges[next].lowerBound {
            ranges[place] = ranges[place].lowerBound...ranges[next].upperBound
            ranges.remove(at: next)
        }
    }

    /// Removes a range that lies in one that is there. Throws `ENOENT` where it does not, `ENOMEM` when there would be too
    /// many.
    mutating func remove(_ range: ClosedRange<UInt64>) throws(XenErrorNumber) {
        guard contains(range), let place = index(range.lowerBound) else { throw .noEntry }
        let old = ranges[place]
        switch (old.lowerBound < range.lowerBound, old.upperBound > range.upperBound) {
        case (false, false): ranges.remove(at: place)
        case (true, false): ranges[place] = old.lowerBound...range.lowerBound - 1
        case (false, true): ranges[place] = range.upperBound + 1...old.upperBound
        case (true, true):
            guard ranges.count < Self.limit else { throw .outOfMemory }
            ranges[place] = old.lowerBound...range.lowerBound - 1
            ranges.insert(range.upperBound + 1...old.upperBound, at: place + 1)
        }
    }
}
