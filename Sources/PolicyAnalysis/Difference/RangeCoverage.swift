/// Which of some ranges each number falls into, where the first that holds it counts.
struct RangeCoverage {
    struct Segment: Equatable {
        let low: UInt64
        let high: UInt64
        /// The place of the range that counts.
        let place: Int
    }

    /// Ascending, without overlaps.
    private(set) var segments: [Segment] = []

    /// The places of the ranges that are open where the sweep is; the lowest is on top. Those that have ended are let go of when
    /// they come up.
    private struct OpenPlaces {
        private var heap: [Int] = []

        var first: Int? { heap.first }

        mutating func insert(_ place: Int) {
            heap.append(place)
            var child = heap.count - 1
            while child > 0, heap[(child - 1) / 2] > heap[child] {
                heap.swapAt(child, (child - 1) / 2)
                child = (child - 1) / 2
            }
        }

        mutating func removeFirst() {
            heap.swapAt(0, heap.count - 1)
            heap.removeLast()
            var parent = 0
            while true {
                var least = parent
                for child in [parent * 2 + 1, parent * 2 + 2] where child < heap.count && heap[child] < heap[least] {
                    least = child
                }
                if least == parent { return }
                heap.swapAt(parent, least)
                parent = least
            }
        }
    }

    /// Ranges with both ends included; one whose high end is below its low one holds nothing.
    init(_ ranges: [(low: UInt64, high: UInt64)]) {
        let starts = ranges.indices.filter { ranges[$0].low <= ranges[$0].high }.sorted {
            (ranges[$0].low, $0) < (ranges[$1].low, $1)
        }
        var open = OpenPlaces()
        var next = 0
        var position: UInt64 = 0
        while true {
            while let place = open.first, ranges[place].high < position { open.removeFirst() }
            if open.first == nil {
                guard next < starts.count else { return }
                position = max(position, ranges[starts[next]].low)
            }
            while next < starts.count, ranges[starts[next]].low <= position {
                open.insert(starts[next])
                next += 1
            }
            while let place = open.first, ranges[place].high < position { open.removeFirst() }
            guard let place = open.first else { continue }
            var end = ranges[place].high
            if next < starts.count { end = min(end, ranges[starts[next]].low - 1) }
            segments.append(Segment(low: position, high: end, place: place))
            guard end < .max else { return }
            position = end + 1
        }
    }

    /// The stretches of both, cut where either changes, with the places that count in each.
    static func joined(
        _ first: RangeCoverage, _ second: RangeCoverage
    ) -> [(low: UInt64, high: UInt64, first: Int?, second: Int?)] {
        var result: [(low: UInt64, high: UInt64, first: Int?, second: Int?)] = []
        var (i, j) = (0, 0)
        var position: UInt64 = 0
        while i < first.segments.count || j < second.segments.count {
            let left = i < first.segments.count ? first.segments[i] : nil
            let right = j < second.segments.count ? second.segments[j] : nil
            position = max(position, min(left?.low ?? .max, right?.low ?? .max))
            let inLeft = left.flatMap { $0.low <= position ? $0 : nil }
            let inRight = right.flatMap { $0.low <= position ? $0 : nil }
            var end = UInt64.max
            for (segment, isIn) in [(left, inLeft != nil), (right, inRight != nil)] {
                guard let segment else { continue }
                end = min(end, isIn ? segment.high : segment.low - 1)
            }
            result.append((position, end, inLeft?.place, inRight?.place))
            if inLeft?.high == end { i += 1 }
            if inRight?.high == end { j += 1 }
            guard end < .max else { break }
            position = end + 1
        }
        return result
    }
}
