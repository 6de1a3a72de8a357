/// Finds what somebody may have meant by a name that does not exist.
package enum Spelling {
    package struct Guess: Hashable, Sendable {
        package let name: String
        /// Whether it is hardly anything but a slip of the keys. What may as well be another name is only asked for.
        package let isCertain: Bool

        package init(name: String, isCertain: Bool) {
            (self.name, self.isCertain) = (name, isCertain)
        }

        package var question: String { "did you mean `\(name)`?" }
    }

    /// The name nearest to `word`, if one is near enough to be worth proposing.
    package static func guess(_ word: String, among candidates: some Sequence<String>) -> Guess? {
        let letters = Array(word.utf8)
        var best: (name: String, distance: Int)?
        var isOnly = true
        for candidate in candidates {
            let other = Array(candidate.utf8)
            let limit = min(best?.distance ?? Int.max, limit(letters.count))
            guard abs(other.count - letters.count) <= limit, !isOther(letters, than: other),
                let distance = distance(letters, other, limit: limit)
            else { continue }
            if let known = best, known.distance == distance {
                if known.name != candidate { isOnly = false }
                continue
            }
            best = (candidate, distance)
            isOnly = true
        }
        return best.map { best in
            let isSlip =
                best.distance == 0
                || (letters.count > 3 && !endsOtherwise(letters, than: Array(best.name.utf8)) && best.distance <= max(1, letters.count / 8))
            return Guess(name: best.name, isCertain: isOnly && isSlip)
        }
    }

    /// The names near enough to `word` to be worth proposing, the nearest first.
    package static func nearest(_ word: String, among candidates: some Sequence<String>, atMost count: Int = 3) -> [String] {
        let letters = Array(word.utf8)
        let limit = limit(letters.count)
        var found: [(name: String, distance: Int)] = []
        for candidate in candidates {
            let other = Array(candidate.utf8)
            guard abs(other.count - letters.count) <= limit, let distance = distance(letters, other, limit: limit) else { continue }
            found.append((candidate, distance))
        }
        return found.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(count).map(\.name)
    }

    /// How many letters of a name may be wrong. Short names are all alike.
    private static func limit(_ count: Int) -> Int {
        switch count {
        case ..<3: 0
        case ...5: 1
        case ...9: 2
        default: count / 4
        }
    }

    /// Whether two names are different ones on purpose: they differ in a number, or in a part of one letter.
    private static func isOther(_ a: [UInt8], than b: [UInt8]) -> Bool {
        if withoutNumbers(a) == withoutNumbers(b) { return a != b }
        return zip(parts(a), parts(b)).contains { $0.count == 1 && $1.count == 1 && $0.first?.lowercase != $1.first?.lowercase }
    }

    /// Whether only the last letter of a part is another: `vm_a_t` and `vmb_t` are names of a series.
    private static func endsOtherwise(_ a: [UInt8], than b: [UInt8]) -> Bool {
        let first = parts(a)
        let second = parts(b)
        guard a.count == b.count, first.count == second.count else { return false }
        return zip(first, second).allSatisfy { $0 == $1 || ($0.count == $1.count && $0.dropLast() == $1.dropLast()) }
    }

    private static func parts(_ word: [UInt8]) -> [ArraySlice<UInt8>] {
        word.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
    }

    /// The name with one sign in place of each number.
    private static func withoutNumbers(_ word: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var isInNumber = false
        for byte in word {
            let isDigit = byte &- UInt8(ascii: "0") < 10
            if !isDigit { result.append(byte) } else if !isInNumber { result.append(UInt8(ascii: "#")) }
            isInNumber = isDigit
        }
        return result
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
