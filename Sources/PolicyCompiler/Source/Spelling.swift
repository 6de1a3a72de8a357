/// Finds what somebody may have meant by a name that does not exist.
enum Spelling {
    /// The name nearest to `word`, if one is near enough to be worth proposing.
    static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        let letters = Array(word.utf8)
        // Short names are all alike.
        let limit = letters.count < 3 ? 0 : max(1, letters.count / 3)
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            let other = Array(candidate.utf8)
            guard abs(other.count - letters.count) <= limit else { continue }
            let distance = distance(letters, other, limit: best.map { $0.distance - 1 } ?? limit)
            if let distance, distance < best?.distance ?? limit + 1 { best = (candidate, distance) }
        }
        return best?.name
    }

    /// How many letters must be added, dropped, changed or swapped with a neighbour; nil above `limit`.
    private static func distance(_ a: [UInt8], _ b: [UInt8], limit: Int) -> Int? {
        guard limit >= 0 else { return nil }
        var beforeLast = [Int](repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        for i in 0..<a.count {
            var row = [i + 1]
            row.reserveCapacity(b.count + 1)
            for j in 0..<b.count {
                var cost = min(row[j] + 1, last[j + 1] + 1, last[j] + (a[i].lowercase == b[j].lowercase ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
                row.append(cost)
            }
            guard let least = row.min(), least <= limit else { return nil }
            beforeLast = last
            last = row
        }
        return last[b.count] <= limit ? last[b.count] : nil
    }
}

extension UInt8 {
    fileprivate var lowercase: UInt8 {
        self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") ? self | 0x20 : self
    }
}
