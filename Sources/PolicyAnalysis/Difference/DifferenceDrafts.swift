import Flask
import PolicyCompiler

/// What differs, in the making: statements are there, but not yet where they were written.
struct DifferenceDrafts {
    struct Statement {
        let text: PolicyText
        var condition: String?
        /// To find where it was written.
        var found: FoundStatement?

        init(_ text: PolicyText, condition: String? = nil, _ found: FoundStatement? = nil) {
            self.text = text
            self.condition = condition
            self.found = found
        }
    }

    struct Entry {
        let group: DifferenceGroup
        let change: DifferenceEntry.Change
        let name: Name
        var before: [Statement] = []
        var after: [Statement] = []
        var members: [DifferenceEntry.Members] = []
    }

    /// Something that a policy says, by what it says it about.
    struct Fact<Key: Hashable, Value: Equatable>: Equatable {
        let key: Key
        let value: Value
    }

    let pair: PolicyPair
    let first: StatementWriter
    let second: StatementWriter
    private(set) var entries: [Entry] = []
    private var length = 0

    init(_ pair: PolicyPair) {
        self.pair = pair
        first = StatementWriter(pair.first, usesSelf: false)
        second = StatementWriter(pair.second, usesSelf: false)
    }

    func writer(ofFirst isFirst: Bool) -> StatementWriter { isFirst ? first : second }

    mutating func add(_ entry: Entry) throws(QuestionMistake) {
        length += 64 + entry.name.bytes.count
        for statement in entry.before + entry.after {
            length += statement.text.bytes.count + (statement.condition?.utf8.count ?? 0)
        }
        for members in entry.members { length += (members.added + members.removed).reduce(0) { $0 + $1.bytes.count + 1 } }
        guard length <= SearchAnswer.maximumLength else { throw .tooLong(limit: SearchAnswer.maximumLength) }
        entries.append(entry)
    }

    /// Adds something that both have, if any of its sets differ.
    mutating func addChanged(_ group: DifferenceGroup, _ name: Name, _ members: [DifferenceEntry.Members]) throws(QuestionMistake)
    {
        let members = members.filter { !$0.added.isEmpty || !$0.removed.isEmpty }
        guard !members.isEmpty else { return }
        try add(Entry(group: group, change: .changed, name: name, members: members))
    }

    /// Compares facts by their keys. Of several with one key the first counts. `statement` writes one, by policy and place.
    mutating func compare<Key, Value>(
        _ group: DifferenceGroup, _ before: [Fact<Key, Value>], _ after: [Fact<Key, Value>], name: (Key) -> Name,
        statement: (Bool, Int) -> Statement
    ) throws(QuestionMistake) {
        guard before != after else { return }
        func index(_ facts: [Fact<Key, Value>]) -> [Key: Int] {
            Dictionary(facts.enumerated().map { ($0.element.key, $0.offset) }, uniquingKeysWith: { first, _ in first })
        }
        let (left, right) = (index(before), index(after))
        for (place, fact) in before.enumerated() where left[fact.key] == place {
            guard let other = right[fact.key] else {
                try add(Entry(group: group, change: .removed, name: name(fact.key), before: [statement(true, place)]))
                continue
            }
            guard fact.value != after[other].value else { continue }
            try add(
                Entry(
                    group: group, change: .changed, name: name(fact.key), before: [statement(true, place)],
                    after: [statement(false, other)]))
        }
        for (place, fact) in after.enumerated() where right[fact.key] == place && left[fact.key] == nil {
            try add(Entry(group: group, change: .added, name: name(fact.key), after: [statement(false, place)]))
        }
    }

    static func members(_ what: String, _ change: (added: [Name], removed: [Name])) -> DifferenceEntry.Members {
        DifferenceEntry.Members(what: what, added: change.added, removed: change.removed)
    }

    /// A value that has changed.
    static func members(_ what: String, _ before: PolicyText, _ after: PolicyText) -> DifferenceEntry.Members {
        before == after
            ? DifferenceEntry.Members(what: what, added: [], removed: [])
            : DifferenceEntry.Members(what: what, added: [Name(bytes: after.bytes)], removed: [Name(bytes: before.bytes)])
    }
}
