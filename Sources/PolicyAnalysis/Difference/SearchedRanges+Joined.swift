extension SearchedRanges {
    /// The stretches of both, cut where either changes, with the places of the ranges to which they belong in each.
    static func joined(
        _ first: SearchedRanges, _ second: SearchedRanges
    ) -> [(low: UInt64, high: UInt64, first: Int?, second: Int?)] {
        var result: [(low: UInt64, high: UInt64, first: Int?, second: Int?)] = []
        var (i, j) = (0, 0)
        var position: UInt64 = 0
        while i < first.stretches.count || j < second.stretches.count {
            let left = i < first.stretches.count ? first.stretches[i] : nil
            let right = j < second.stretches.count ? second.stretches[j] : nil
            position = max(position, min(left?.range.lowerBound ?? .max, right?.range.lowerBound ?? .max))
            let inLeft = left.flatMap { $0.range.lowerBound <= position ? $0 : nil }
            let inRight = right.flatMap { $0.range.lowerBound <= position ? $0 : nil }
            var end = UInt64.max
            for (stretch, isIn) in [(left, inLeft != nil), (right, inRight != nil)] {
                guard let stretch else { continue }
                end = min(end, isIn ? stretch.range.upperBound : stretch.range.lowerBound - 1)
            }
            result.append((position, end, inLeft?.owner, inRight?.owner))
            if inLeft?.range.upperBound == end { i += 1 }
            if inRight?.range.upperBound == end { j += 1 }
            guard end < .max else { break }
            position = end + 1
        }
        return result
    }
}
