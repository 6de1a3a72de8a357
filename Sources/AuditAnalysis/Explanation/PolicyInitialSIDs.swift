import Flask
import PolicyAnalysis

/// A policy's initial SIDs with their contexts.
struct PolicyInitialSIDs: Sendable {
    private struct Entry: Sendable {
        let name: Name
        let number: UInt32
        let context: SecurityContext
    }

    private let entries: [Entry]

    init(_ analysed: AnalysedPolicy) {
        let names = analysed.initialSIDs().names
        entries = analysed.policy.initialContexts.sorted { $0.sid < $1.sid }.compactMap { entry in
            guard let place = Int(exactly: entry.sid), (1...max(names.count, 1)).contains(place), place <= names.count else { return nil }
            return Entry(name: names[place - 1], number: entry.sid, context: entry.context)
        }
    }

    func context(named name: String) -> SecurityContext? { entries.first { $0.name == Name(name) }?.context }

    /// Those that have a context, by ascending numbers.
    func having(_ context: SecurityContext) -> [(name: Name, number: UInt32)] {
        entries.filter { $0.context == context }.map { ($0.name, $0.number) }
    }
}
