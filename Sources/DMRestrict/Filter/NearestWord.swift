/// The known word that was most likely meant.
enum NearestWord {
    /// The one with the fewest changes, where they are few for its length.
    static func of(_ word: String, in known: [String]) -> String? {
        let bytes = Array(word.utf8.prefix(32))
        var best: (distance: Int, word: String)?
        for candidate in known.sorted() {
            let distance = distance(bytes, Array(candidate.utf8.prefix(32)))
            if distance < best?.distance ?? .max { best = (distance, candidate) }
        }
        guard let best, best.distance <= max(1, bytes.count / 3) else { return nil }
        return best.word
    }

    /// How many bytes must be put in, left out, changed, or swapped with their neighbours.
    private static func distance(_ first: [UInt8], _ second: [UInt8]) -> Int {
        var before: [Int] = []
        var row = Array(0...second.count)
        for (i, byte) in first.enumerated() {
            var next = [i + 1]
            for (j, other) in second.enumerated() {
                var cost = min(row[j + 1] + 1, next[j] + 1, row[j] + (byte == other ? 0 : 1))
                if i > 0, j > 0, byte == second[j - 1], first[i - 1] == other { cost = min(cost, before[j - 1] + 1) }
                next.append(cost)
            }
            before = row
            row = next
        }
        return row[second.count]
    }
}
