import Flask
import PolicyCompiler

/// The entries that a pattern names, as they are listed. Without one every entry is wanted; with one the long lists of others are never
/// made.
struct InventorySelection {
    let pattern: NamePattern?
    private(set) var entries: [InventoryEntry] = []
    /// The names of all that there is.
    private(set) var seen: [Name] = []
    private var length = 0

    init(_ pattern: NamePattern?) {
        self.pattern = pattern
    }

    /// Adds an entry if it is wanted: by its name, or by one of the numbers that it is about.
    mutating func add(
        _ name: Name, range: ClosedRange<UInt64>? = nil, _ entry: () -> (text: PolicyText, members: [InventoryEntry.Members])
    ) throws(QuestionMistake) {
        seen.append(name)
        guard try wants(name, range) else { return }
        let (text, members) = entry()
        let new = InventoryEntry(name, text.bytes, members)
        length += new.length
        guard length <= SearchAnswer.maximumLength else { throw .tooLong(limit: SearchAnswer.maximumLength) }
        entries.append(new)
    }

    private func wants(_ name: Name, _ range: ClosedRange<UInt64>?) throws(QuestionMistake) -> Bool {
        guard let pattern else { return true }
        if let range, !pattern.isExpression, let number = Self.number(pattern.text) { return range.contains(number) }
        return try pattern.matches(name)
    }

    private static func number(_ text: String) -> UInt64? {
        text.hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text)
    }
}
