/// Ranges in the order in which they are searched: a number belongs to the first that holds it.
struct SearchedRanges {
    /// Numbers that belong to one range.
    struct Stretch: Hashable {
        let range: ClosedRange<UInt64>
        /// The place of the range to which they belong.
        let owner: Int
    }

    /// Numbers that a range has for nothing, because they belong to another.
    struct Overlap: Hashable {
        let range: ClosedRange<UInt64>
        let loser: Int
        let owner: Int
    }

    /// Nil for one that ends before it begins, and so holds nothing.
    let ranges: [ClosedRange<UInt64>?]
    /// Ascending; neighbours have different owners, or a gap between them.
    let stretches: [Stretch]

    /// Ends are included.
    init(_ ranges: [(low: UInt64, high: UInt64)]) {
        self.ranges = ranges.map { $0.low <= $0.high ? $0.low...$0.high : nil }
        stretches = Self.sweep(self.ranges)
    }

    /// From left to right, with those that hold the current number at hand.
    private static func sweep(_ ranges: [ClosedRange<UInt64>?]) -> [Stretch] {
        let byLow = ranges.indices.filter { ranges[$0] != nil }.sorted { (ranges[$0]?.lowerBound ?? 0, $0) < (ranges[$1]?.lowerBound ?? 0, $1) }
        var stretches: [Stretch] = []
        var open = PlaceHeap()
        var next = 0
        var current: UInt64 = 0
        while true {
            while let first = open.first, let range = ranges[first], range.upperBound < current { open.removeFirst() }
            if open.first == nil {
                guard next < byLow.count else { break }
                current = max(current, ranges[byLow[next]]?.lowerBound ?? 0)
            }
            while next < byLow.count, let range = ranges[byLow[next]], range.lowerBound <= current {
                // One that has ended meanwhile would only be in the way.
                if range.upperBound >= current { open.insert(byLow[next]) }
                next += 1
            }
            guard let owner = open.first, let range = ranges[owner] else { continue }
            // The owner has it until it ends, or until another begins, which may come before it.
            var end = range.upperBound
            if next < byLow.count, let other = ranges[byLow[next]], other.lowerBound <= end { end = other.lowerBound - 1 }
            if let last = stretches.last, last.owner == owner, last.range.upperBound &+ 1 == current {
                stretches[stretches.count - 1] = Stretch(range: last.range.lowerBound...end, owner: owner)
            } else {
                stretches.append(Stretch(range: current...end, owner: owner))
            }
            guard end < .max else { break }
            current = end + 1
        }
        return stretches
    }

    /// The stretches that meet a range.
    func stretches(in range: ClosedRange<UInt64>) -> ArraySlice<Stretch> {
        let first = stretches.partitioningPoint { $0.range.upperBound >= range.lowerBound }
        var end = first
        while end < stretches.count, stretches[end].range.lowerBound <= range.upperBound { end += 1 }
        return stretches[first..<end]
    }

    /// What ranges have for nothing, range by range, up to a number of them; whether those are all.
    func overlaps(limit: Int) -> (overlaps: [Overlap], isComplete: Bool) {
        var overlaps: [Overlap] = []
        for (place, range) in ranges.enumerated() {
            guard let range else { continue }
            var index = stretches.partitioningPoint { $0.range.upperBound >= range.lowerBound }
            while index < stretches.count, stretches[index].range.lowerBound <= range.upperBound {
                let stretch = stretches[index]
                index += 1
                guard stretch.owner != place else { continue }
                guard overlaps.count < limit else { return (overlaps, false) }
                overlaps.append(Overlap(range: stretch.range.clamped(to: range), loser: place, owner: stretch.owner))
            }
        }
        return (overlaps, true)
    }
}

extension Array {
    /// The first index from which on a condition holds, which holds for all behind one for which it holds.
    fileprivate func partitioningPoint(_ holds: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = low + (high - low) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

/// Places, the lowest first.
private struct PlaceHeap {
    private var places: [Int] = []

    var first: Int? { places.first }

    mutating func insert(_ place: Int) {
        places.append(place)
        var index = places.count - 1
        while index > 0, places[(index - 1) / 2] > places[index] {
            places.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    mutating func removeFirst() {
        guard let last = places.popLast(), !places.isEmpty else { return }
        places[0] = last
        var index = 0
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2] where child < places.count && places[child] < places[least] { least = child }
            guard least != index else { return }
            places.swapAt(index, least)
            index = least
        }
    }
}
