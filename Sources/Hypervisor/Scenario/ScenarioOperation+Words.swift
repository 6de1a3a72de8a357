import Spelling

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
        if let near = Spelling.nearest(word, among: all.map(\.name), atMost: 1).first { return near }
        // Who knows only a part of a name is told the shortest that has it.
        guard word.utf8.count >= 3 else { return nil }
        return all.map(\.name).filter { contains($0, word) }.min { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
    }

    private static func contains(_ name: String, _ part: String) -> Bool {
        name.indices.contains { name[$0...].hasPrefix(part) }
    }
}
