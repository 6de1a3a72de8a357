public import Flask

/// The types and steps of answers as one picture: what there is to draw, before it has places.
public struct FlowDiagram: Sendable {
    public struct Node: Hashable, Sendable {
        public let name: Name
        /// How many steps it lies behind where the information begins; behind everything for an end.
        public let rank: Int
        public let isStart: Bool
        public let isEnd: Bool
    }

    public struct Edge: Sendable {
        /// Indices of nodes.
        public let source: Int
        public let target: Int
        public let step: FlowStep
    }

    public let nodes: [Node]
    public let edges: [Edge]
    /// What was asked, and of which policy.
    public let title: String
    /// What else there is to say.
    public let notes: [String]

    /// Of several answers each step is drawn once.
    public init(_ answers: [FlowAnswer], title: String, notes: [String] = []) {
        self.title = title
        self.notes = notes
        var ranks: [Name: Int] = [:]
        var steps: [FlowStep] = []
        var seen: Set<[Name]> = []
        var ends: Set<Name> = []
        var starts: Set<Name> = []
        for answer in answers {
            for path in answer.paths {
                for (place, step) in path.enumerated() {
                    ranks[step.source] = min(ranks[step.source] ?? .max, place)
                    ranks[step.target] = min(ranks[step.target] ?? .max, place + 1)
                    if seen.insert([step.source, step.target]).inserted { steps.append(step) }
                }
                if let first = path.first { starts.insert(first.source) }
                if let last = path.last { ends.insert(last.target) }
            }
            if answer.paths.isEmpty, answer.targets == nil {
                for source in answer.sources {
                    ranks[source] = 0
                    starts.insert(source)
                }
                for reached in answer.reached { ranks[reached.type] = min(ranks[reached.type] ?? .max, reached.distance) }
                for step in answer.tree where seen.insert([step.source, step.target]).inserted { steps.append(step) }
            }
        }
        // Where the paths end is behind everything: what leads there goes the way of reading.
        let last = ranks.filter { !ends.contains($0.key) }.map(\.value).max() ?? 0
        for end in ends where !steps.contains(where: { $0.source == end }) { ranks[end] = max(ranks[end] ?? 0, last + 1) }
        let names = ranks.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
        nodes = names.map { Node(name: $0.key, rank: $0.value, isStart: starts.contains($0.key), isEnd: ends.contains($0.key)) }
        let places = Dictionary(uniqueKeysWithValues: nodes.enumerated().map { ($0.element.name, $0.offset) })
        edges = steps.compactMap { step in
            guard let source = places[step.source], let target = places[step.target] else { return nil }
            return Edge(source: source, target: target, step: step)
        }
    }
}

extension FlowAccess {
    /// The access in a few words, such as `event { send }`; with the types where they are not those of the step.
    func summary(in step: FlowStep) -> (head: String, permissions: [String], tail: String) {
        let (actor, object) = isWrite ? (step.source, step.target) : (step.target, step.source)
        var tail = source == actor ? "" : " by \(source)"
        if target != object { tail += " on \(target)" }
        return (objectClass.description, permissions.map { $0.name.description + ($0.isKnown ? "" : "?") }, tail)
    }
}
