// What the words of an operation mean, and what may have been meant by a word that means nothing.

extension ScenarioOperation {
    /// A number as C writes it: `7`, `0x1f`.
    static func number(_ text: String) -> UInt64? {
        text.hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text)
    }

    /// `0x3f8-0x3ff`, or one number for itself.
    static func range(_ text: String) -> ClosedRange<UInt64>? {
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map { number(String($0)) }
        guard let first = ends[0], let last = ends[ends.count - 1], first <= last, last - first < 1 << 20 else { return nil }
        return first...last
    }

    /// `0000:01:00.0` as segment, bus, device and function in one number.
    static func device(_ text: String) -> UInt32? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let last = (parts.last ?? "").split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3, last.count == 2, let bus = UInt8(parts[parts.count - 2], radix: 16),
            let slot = UInt8(last[0], radix: 16), slot < 32, let function = UInt8(last[1], radix: 16), function < 8,
            let segment = parts.count == 3 ? UInt16(parts[0], radix: 16) : 0
        else { return nil }
        return UInt32(segment) << 16 | UInt32(bus) << 8 | UInt32(slot) << 3 | UInt32(function)
    }

    /// The operation whose name is nearest to a word, where one is near.
    static func nearest(to word: String) -> String? {
        let near = all.map { (name: $0.name, distance: distance(Array(word.utf8.prefix(64)), Array($0.name.utf8))) }
            .min { $0.distance < $1.distance }
        if let near, near.distance <= max(2, word.utf8.count / 3) { return near.name }
        // Who knows only a part of a name is told the shortest that has it.
        guard word.utf8.count >= 3 else { return nil }
        return all.map(\.name).filter { contains($0, word) }.min { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
    }

    private static func contains(_ name: String, _ part: String) -> Bool {
        name.indices.contains { name[$0...].hasPrefix(part) }
    }

    /// How many letters have to be put in, left out or exchanged for others.
    private static func distance(_ first: [UInt8], _ second: [UInt8]) -> Int {
        var row = Array(0...second.count)
        for (index, letter) in first.enumerated() {
            var corner = index
            row[0] = index + 1
            for (place, other) in second.enumerated() {
                let best = min(corner + (letter == other ? 0 : 1), row[place] + 1, row[place + 1] + 1)
                corner = row[place + 1]
                row[place + 1] = best
            }
        }
        return row[second.count]
    }
}
