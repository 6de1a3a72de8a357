import AuditLog
import Flask

/// The kinds of decisions that a log has, so that the text of each is looked up in the database once.
final class KindCache {
    /// How many are kept, and how many bytes their texts may have, before all are forgotten between two batches.
    static let countLimit = 1 << 16
    static let textLimit = 1 << 24

    private var marks: [Mark] = []
    /// What the lines say, without domains and hardware.
    private var records: [AuditRecord] = []
    /// Their numbers in the database; negative for unknown.
    private(set) var identifiers: [Int64] = []
    /// Texts of all, one behind the other.
    private var texts: [UInt8] = []
    private var slots = [Int32](repeating: -1, count: 1 << 10)

    /// What a kind is found by.
    private struct Mark {
        var hash: UInt64
        var isGranted: Bool
        var start: Int
        var middle: Int
        var end: Int
    }

    var isFull: Bool { marks.count >= Self.countLimit || texts.count >= Self.textLimit }

    func forgetAll() {
        marks = []
        records = []
        identifiers = []
        texts = []
        slots = [Int32](repeating: -1, count: 1 << 10)
    }

    /// Another process may have removed what is in no record any more.
    func forgetIdentifiers() { for index in identifiers.indices { identifiers[index] = -1 } }

    func know(_ place: Int, as identifier: Int64) { identifiers[place] = identifier }

    func record(of place: Int) -> AuditRecord { records[place] }

    /// The text by which a kind is known in the database.
    func text(of place: Int) -> [UInt8] {
        let mark = marks[place]
        return Self.text(mark.isGranted, texts[mark.start..<mark.middle], texts[mark.middle..<mark.end])
    }

    static func text(_ isGranted: Bool, _ permissions: ArraySlice<UInt8>, _ key: ArraySlice<UInt8>) -> [UInt8] {
        var text: [UInt8] = Array((isGranted ? "granted { " : "denied { ").utf8)
        text += permissions
        text += " } ".utf8
        text += key
        return text
    }

    /// The place of a decision's kind.
    func place(of denial: borrowing DenialFields, in line: Span<UInt8>) -> Int32 {
        let permissions = denial.permissions.isPresent ? denial.permissions.range : 0..<0
        let key = denial.key.isPresent ? denial.key.range : 0..<0
        let hash = line.hash(key, from: line.hash(permissions, from: denial.isGranted ? 1 : 2))
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] >= 0 {
            let place = slots[slot]
            if isSame(Int(place), hash, denial.isGranted, line, permissions, key) { return place }
            slot = (slot + 1) & mask
        }
        let start = texts.count
        for index in permissions { texts.append(line[index]) }
        let middle = texts.count
        for index in key { texts.append(line[index]) }
        var record = denial.record(in: line).record
        record.subject = AuditSubject()
        marks.append(Mark(hash: hash, isGranted: denial.isGranted, start: start, middle: middle, end: texts.count))
        records.append(record)
        identifiers.append(-1)
        let place = Int32(truncatingIfNeeded: marks.count - 1)
        slots[slot] = place
        if marks.count * 2 > slots.count { grow() }
        return place
    }

    @inline(__always)
    private func isSame(
        _ place: Int, _ hash: UInt64, _ isGranted: Bool, _ line: Span<UInt8>, _ permissions: Range<Int>, _ key: Range<Int>
    ) -> Bool {
        let mark = marks[place]
        return mark.hash == hash && mark.isGranted == isGranted && mark.middle - mark.start == permissions.count && mark.end - mark.middle == key.count
            && line.equals(key, texts, at: mark.middle) && line.equals(permissions, texts, at: mark.start)
    }

    private func grow() {
        slots = [Int32](repeating: -1, count: slots.count * 2)
        let mask = slots.count - 1
        for (place, entry) in marks.enumerated() {
            var slot = Int(truncatingIfNeeded: entry.hash) & mask
            while slots[slot] >= 0 { slot = (slot + 1) & mask }
            slots[slot] = Int32(truncatingIfNeeded: place)
        }
    }
}
