import Flask

/// A search for all that is reached from some domains, or that reaches them, in as few steps as there can be.
struct FlowSearch {
    /// By domain, in how many steps; −1 where it is not reached.
    private(set) var distances: [Int32]
    /// The one before it.
    private(set) var previous: [UInt32]
    /// In the order in which they were met.
    private(set) var order: [UInt32] = []
    /// What may be gone to although it is excluded.
    private let ends: Set<UInt32>
    private let isBackward: Bool
    /// By set, the members that have not been met; nil where nobody has looked.
    private var pending: [[UInt32]?]
    /// The same of all types, and of those that are permissive.
    private var pendingTypes: [UInt32]?
    private var pendingPermissive: [UInt32]

    /// Searches. What is excluded is gone through only where it is a start, and gone to where it is an end.
    init(
        _ graph: inout FlowGraph, from starts: Set<UInt32>, backward: Bool = false, maximumSteps: Int = .max, ends: Set<UInt32> = []
    ) {
        distances = [Int32](repeating: -1, count: graph.policy.types.count + 1)
        previous = [UInt32](repeating: 0, count: distances.count)
        pending = [[UInt32]?](repeating: nil, count: distances.count)
        pendingPermissive = graph.permissive
        self.ends = ends
        isBackward = backward
        for start in starts.sorted() {
            distances[Int(start)] = 0
            order.append(start)
        }
        var next = 0
        while next < order.count {
            let domain = order[next]
            next += 1
            guard Int(distances[Int(domain)]) < maximumSteps, !graph.excluded.contains(Int(domain) - 1) || starts.contains(domain) else { continue }
            for type in graph.types(of: domain) {
                followPermissive(type, domain, graph)
                for set in graph.policy.typeAttributes[Int(type) - 1] where set < graph.policy.types.count {
                    for arc in (backward ? graph.incoming : graph.outgoing)[set + 1] { follow(arc, type, domain, &graph) }
                }
            }
        }
    }

    /// Looks at the members of the arc's other set that have not been met: what is met is looked at no more, however many rules name it.
    private mutating func follow(_ arc: FlowGraph.Arc, _ type: UInt32, _ domain: UInt32, _ graph: inout FlowGraph) {
        let set = Int(arc.other)
        var members = pending[set] ?? Array(graph.members[set])
        pending[set] = []
        let isCertain = arc.objectClass == 0 && !(graph.hasBounds && graph.trial.isBounded(type))
        members.removeAll { member in
            let owners = wantedOwners(of: member, graph)
            guard !owners.isEmpty else { return true }
            guard member != type else { return false }
            if !isCertain || graph.hasBounds && graph.trial.isBounded(member) {
                let (source, target) = isBackward ? (member, type) : (type, member)
                let isPossible = arc.objectClass == 0 ? graph.isPossibleAtAll(source, target) : graph.isPossible(arc, source, target)
                guard isPossible else { return false }
            }
            meet(owners, behind: domain)
            return true
        }
        pending[set] = members
    }

    /// A permissive type writes to all types, and reads them all.
    private mutating func followPermissive(_ type: UInt32, _ domain: UInt32, _ graph: FlowGraph) {
        guard !graph.permissive.isEmpty else { return }
        let reachesAll = isBackward ? graph.hasReads : graph.hasWrites
        if reachesAll, graph.trial.isPermissive(type) {
            let types = pendingTypes ?? graph.policy.types.indices.map { UInt32($0 + 1) }.filter { graph.policy.isType($0) }
            pendingTypes = meetAll(types, type, domain, graph)
        }
        let isReached = isBackward ? graph.hasWrites : graph.hasReads
        if isReached { pendingPermissive = meetAll(pendingPermissive, type, domain, graph) }
    }

    /// Which are left to be met: none but the type itself.
    private mutating func meetAll(_ members: [UInt32], _ type: UInt32, _ domain: UInt32, _ graph: FlowGraph) -> [UInt32] {
        var rest: [UInt32] = []
        for member in members {
            let owners = wantedOwners(of: member, graph)
            if owners.isEmpty { continue }
            if member == type { rest.append(member) } else { meet(owners, behind: domain) }
        }
        return rest
    }

    private mutating func meet(_ owners: [UInt32], behind domain: UInt32) {
        for owner in owners {
            distances[Int(owner)] = distances[Int(domain)] + 1
            previous[Int(owner)] = domain
            order.append(owner)
        }
    }

    /// The domains of a type that have not been met, and may be.
    private func wantedOwners(of member: UInt32, _ graph: FlowGraph) -> [UInt32] {
        guard !graph.excluded.contains(Int(member) - 1) || ends.contains(member) else { return [] }
        return graph.views.owners(of: member).filter { isWanted($0, graph) }
    }

    private func isWanted(_ domain: UInt32, _ graph: FlowGraph) -> Bool {
        distances[Int(domain)] < 0 && (!graph.excluded.contains(Int(domain) - 1) || ends.contains(domain))
    }
}
