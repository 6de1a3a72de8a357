/// How often over time, as a line of blocks.
enum Trend {
    private static let blocks = Array("▁▂▃▄▅▆▇█")

    /// The counts in so many stretches; a stretch in which nothing was is blank.
    static func line(_ counts: [UInt32], width: Int) -> String {
        let sums = sums(counts, width)
        guard let most = sums.max(), most > 0 else { return "" }
        return String(sums.map { sum in sum == 0 ? " " : blocks[Int(min(7, (sum * 8 - 1) / most))] })
    }

    /// The counts in so many stretches, beginning with the first and ending with the last that is not nothing.
    static func sums(_ counts: [UInt32], _ width: Int) -> [UInt64] {
        guard let last = counts.lastIndex(where: { $0 > 0 }), width > 0 else { return [] }
        let used = last + 1
        var sums = [UInt64](repeating: 0, count: min(width, used))
        for (place, count) in counts.prefix(used).enumerated() { sums[place * sums.count / used] += UInt64(count) }
        return sums
    }
}
