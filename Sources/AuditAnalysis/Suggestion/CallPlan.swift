import PolicyCompiler

/// A call of an interface that gives some of what is wanted.
struct CallCandidate {
    let call: InterfaceCall
    let interface: PolicyInterface
    /// The places of the wanted rules that it gives, ascending.
    var covered: [Int]
    /// How much it gives that nobody wants.
    let excess: Int
}

/// Which calls are to be suggested together: those that give little besides for much that is wanted, and few of them.
struct CallPlan {
    /// Each with what those before it do not give.
    private(set) var chosen: [CallCandidate] = []
    private let wanted: [WantedRule]

    init(_ candidates: [CallCandidate], _ wanted: [WantedRule], open: [Int]) {
        self.wanted = wanted
        var left = Set(open)
        var rest = candidates
        // The best for its price, again and again.
        while true {
            for place in rest.indices { rest[place].covered.removeAll { !left.contains($0) } }
            rest.removeAll { $0.covered.isEmpty }
            guard let best = rest.indices.min(by: { isBetter(rest[$0], rest[$1]) }) else { break }
            let candidate = rest.remove(at: best)
            left.subtract(candidate.covered)
            chosen.append(candidate)
        }
        join(candidates)
    }

    /// Which gives less besides for each permission that is wanted.
    private func isBetter(_ a: CallCandidate, _ b: CallCandidate) -> Bool {
        let (first, second) = (Double(a.excess) + 1, Double(b.excess) + 1)
        let (one, other) = (first * Double(gain(b)), second * Double(gain(a)))
        if one != other { return one < other }
        if a.excess != b.excess { return a.excess < b.excess }
        return a.call.text < b.call.text
    }

    private func gain(_ candidate: CallCandidate) -> Int { candidate.covered.reduce(0) { $0 + wanted[$1].permissions.nonzeroBitCount } }

    /// Several calls are one where there is one that gives the same and no more besides than they do together.
    private mutating func join(_ candidates: [CallCandidate]) {
        for candidate in candidates {
            let covered = Set(candidate.covered)
            let parts = chosen.indices.filter { covered.isSuperset(of: chosen[$0].covered) }
            guard parts.count > 1, candidate.excess <= parts.reduce(0, { $0 + min(chosen[$1].excess, 1 << 32) }) else { continue }
            var joined = candidate
            joined.covered = parts.flatMap { chosen[$0].covered }.sorted()
            for part in parts.dropFirst().reversed() { chosen.remove(at: part) }
            chosen[parts[0]] = joined
        }
    }
}
