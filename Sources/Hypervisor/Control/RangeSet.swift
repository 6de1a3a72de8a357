import Flask

/// Numbers as ascending ranges that do not touch: what a domain may use of interrupts, ports or page frames (Xen,
/// xen/common/rangeset.c).
struct RangeSet: Hashable, Sendable {
    private(set) var ranges: [ClosedRange<UInt64>] = []

    /// More of them nobody needs: who is hostile would have memory taken without end.
    static let limit = 1 << 14

    init(_ ranges: ClosedRange<UInt64>...) {
        self.ranges = ranges
    }

    /// The first range that ends at a number or behind it.
    private func index(of number: UInt64) -> Int {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < number { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func contains(_ range: ClosedRange<UInt64>) -> Bool {
        let place = index(of: range.lowerBound)
        return place < ranges.count && ranges[place].lowerBound <= range.lowerBound
            && range.upperBound <= ranges[place].upperBound
    }

    func contains(_ number: UInt64) -> Bool { contains(number...number) }

    /// Throws `ENOMEM` when there would be too many ranges.
    mutating func insert(_ range: ClosedRange<UInt64>) throws(XenErrorNumber) {
        let first = index(of: range.lowerBound == 0 ? 0 : range.lowerBound - 1)
        var last = first
        var low = range.lowerBound
        var high = range.upperBound
        while last < ranges.count, high == .max || ranges[last].lowerBound <= high + 1 {
            low = min(low, ranges[last].lowerBound)
            high = max(high, ranges[last].upperBound)
            last += 1
        }
        guard last > first || ranges.count < Self.limit else { throw .outOfMemory }
        ranges.replaceSubrange(first..<last, with: [low...high])
    }

    /// Throws `ENOMEM` when there would be too many ranges.
    mutating func remove(_ range: ClosedRange<UInt64>) throws(XenErrorNumber) {
        let first = index(of: range.lowerBound)
        var last = first
        var rest: [ClosedRange<UInt64>] = []
        while last < ranges.count, ranges[last].lowerBound <= range.upperBound {
            let old = ranges[last]
            if old.lowerBound < range.lowerBound { rest.append(old.lowerBound...range.lowerBound - 1) }
            if old.upperBound > range.upperBound { rest.append(range.upperBound + 1...old.upperBound) }
            last += 1
        }
        guard rest.count <= last - first || ranges.count < Self.limit else { throw .outOfMemory }
        ranges.replaceSubrange(first..<last, with: rest)
    }

    /// Whether ranges ascend and do not touch.
    var isSorted: Bool {
        zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound < .max && $0.upperBound + 1 < $1.lowerBound }
    }
}
