import Flask

/// Paths between two sets of domains, the shortest first, and those of one length by the names of the types.
struct FlowPaths {
    private(set) var paths: [[UInt32]] = []
    /// Whether there are more.
    private(set) var hasMore = false
    /// Whether there may be more, because not all steps could be looked at.
    private(set) var mayHaveMore = false

    private let ends: Set<UInt32>
    /// By domain, how many steps lie between it and an end; −1 where there is no way.
    private let distances: [Int32]
    private let limit: Int
    /// The domains that have a way to an end, by the names of their types.
    private let candidates: [UInt32]
    private var successors: [UInt64: [UInt32]] = [:]
    /// How many steps may still be looked at.
    private var budget = FlowPaths.stepLimit

    private static let stepLimit = 2_000_000
    /// And so many arcs of rules.
    private static let scanLimit = 1_000_000_000
    private let scannedBefore: Int
    /// Beyond so many domains behind domains it is not kept which there are.
    private static let successorLimit = 4_000_000
    private var successorCount = 0

    /// Paths whose lengths are in a range. `backward` is a search from the ends.
    init(
        _ graph: inout FlowGraph, from starts: Set<UInt32>, to ends: Set<UInt32>, lengths: ClosedRange<Int>, _ backward: FlowSearch, limit: Int
    ) {
        self.ends = ends
        self.limit = limit
        scannedBefore = graph.scanned
        let distances = backward.distances
        self.distances = distances
        let names = graph.policy.types
        func isBefore(_ a: UInt32, _ b: UInt32) -> Bool {
            guard let first = names[Int(a) - 1]?.name, let second = names[Int(b) - 1]?.name, first != second else { return a < b }
            return first < second
        }
        candidates = backward.order.filter { distances[Int($0)] < lengths.upperBound }.sorted(by: isBefore)
        for length in lengths {
            for start in starts.sorted(by: isBefore) where distances[Int(start)] >= 0 && Int(distances[Int(start)]) <= length && length > 0 {
                walk(from: start, length, &graph)
                if hasMore || mayHaveMore { return }
            }
        }
    }

    /// Adds the paths of one length that begin somewhere. How far it goes is the policy's to say: it keeps a stack of its own.
    private mutating func walk(from start: UInt32, _ length: Int, _ graph: inout FlowGraph) {
        var path = [start]
        var isOnPath: Set<UInt32> = [start]
        var stack = [(next: 0, list: successors(of: start, rest: length, &graph))]
        while let top = stack.last {
            guard budget > 0 else {
                mayHaveMore = true
                return
            }
            budget -= 1
            guard top.next < top.list.count else {
                stack.removeLast()
                isOnPath.remove(path.removeLast())
                continue
            }
            stack[stack.count - 1].next += 1
            let domain = top.list[top.next]
            guard !isOnPath.contains(domain) else { continue }
            let rest = length - path.count
            if rest == 0 {
                guard paths.count < limit else {
                    hasMore = true
                    return
                }
                paths.append(path + [domain])
                continue
            }
            path.append(domain)
            isOnPath.insert(domain)
            stack.append((0, successors(of: domain, rest: rest, &graph)))
        }
    }

    /// Where a path can go on to, if so many steps are left: ends if it is one, and else what leads to one within the rest. What is excluded
    /// is gone to only as an end, and an end is nothing to go through.
    private mutating func successors(of domain: UInt32, rest: Int, _ graph: inout FlowGraph) -> [UInt32] {
        let key = UInt64(domain) << 32 | UInt64(rest)
        if let known = successors[key] { return known }
        var found: [UInt32] = []
        for candidate in candidates where candidate != domain && Int(distances[Int(candidate)]) < rest {
            let isEnd = ends.contains(candidate)
            guard isEnd == (rest == 1), isEnd || !graph.excluded.contains(Int(candidate) - 1) else { continue }
            budget -= 1
            guard budget > 0, graph.scanned - scannedBefore < Self.scanLimit else {
                budget = 0
                break
            }
            if graph.isStep(fromDomain: domain, to: candidate) { found.append(candidate) }
        }
        successorCount += found.count
        if successorCount <= Self.successorLimit { successors[key] = found }
        return found
    }
}
