import Flask
import PolicyCompiler

/// Finds what the steps of paths are made of: the accesses, and the rules that allow them.
struct FlowDetail {
    let analysed: AnalysedPolicy
    private let loaded: LoadedPolicy
    private(set) var graph: FlowGraph
    /// How many accesses were taken for possible.
    private(set) var assumed = 0

    private struct Step: Hashable {
        let source: UInt32
        let target: UInt32
    }

    /// An access, before its rules are known.
    private struct Found {
        let source: UInt32
        let target: UInt32
        let objectClass: Int
        let isWrite: Bool
        let outcome: ContextTrial.Outcome
        var rules: [FoundStatement] = []
    }

    init(_ analysed: AnalysedPolicy, _ loaded: LoadedPolicy, _ graph: FlowGraph) {
        self.analysed = analysed
        self.loaded = loaded
        self.graph = graph
    }

    mutating func steps(of paths: [[UInt32]]) throws(QuestionMistake) -> [[FlowStep]] {
        var found: [Found] = []
        var places: [Step: Range<Int>] = [:]
        for path in paths {
            for (source, target) in zip(path, path.dropFirst()) where places[Step(source: source, target: target)] == nil {
                let start = found.count
                for one in graph.types(of: source) { for other in graph.types(of: target) { addAccesses(one, other, since: start, &found) } }
                places[Step(source: source, target: target)] = start..<found.count
            }
        }
        addRules(&found)
        let accesses = try tell(found)
        let names = PolicyNames(analysed.policy)
        return paths.map { path in
            zip(path, path.dropFirst()).map { source, target in
                let range = places[Step(source: source, target: target)] ?? 0..<0
                return FlowStep(source: names.type(source), target: names.type(target), accesses: accesses[range].sorted(by: Self.isBefore))
            }
        }
    }

    /// What carries most is told first.
    private static func isBefore(_ a: FlowAccess, _ b: FlowAccess) -> Bool {
        func weight(_ access: FlowAccess) -> UInt8 { access.permissions.map(\.weight).max() ?? 0 }
        if weight(a) != weight(b) { return weight(a) > weight(b) }
        return (a.source, a.target, a.objectClass) < (b.source, b.target, b.objectClass)
    }

    /// The first are those of the domains as they are called; what is called otherwise is told only where it can be accessed by more.
    private mutating func addAccesses(_ source: UInt32, _ target: UInt32, since start: Int, _ found: inout [Found]) {
        for number in 1..<graph.meanings.writes.count {
            for isWrite in [true, false] {
                let wanted = graph.meanings.permissions(ofClass: number, isWrite: isWrite)
                guard wanted != 0 else { continue }
                let (subject, object) = isWrite ? (source, target) : (target, source)
                let outcome = graph.trial.outcome(subject, object, ofClass: number, wanted)
                guard outcome.possible != 0 else { continue }
                let isKnown = found[start...].contains {
                    $0.objectClass == number && $0.isWrite == isWrite && outcome.possible & ~$0.outcome.possible == 0
                }
                guard !isKnown else { continue }
                if outcome.assumed != 0 { assumed += 1 }
                found.append(Found(source: subject, target: object, objectClass: number, isWrite: isWrite, outcome: outcome))
            }
        }
    }

    /// All in one pass over the rules, which are many.
    private func addRules(_ found: inout [Found]) {
        let policy = analysed.policy
        var byClass: [[Int]] = Array(repeating: [], count: policy.classes.count + 1)
        for (index, access) in found.enumerated() { byClass[access.objectClass].append(index) }
        func add(_ rules: [Rule], _ condition: RuleCondition?) {
            for rule in rules where rule.kind == .allow && Int(rule.objectClass) < byClass.count {
                for index in byClass[Int(rule.objectClass)] {
                    let access = found[index]
                    let given = rule.data & access.outcome.possible
                    guard given != 0, policy.typeAttributes[Int(access.source) - 1].contains(Int(rule.source) - 1),
                        policy.typeAttributes[Int(access.target) - 1].contains(Int(rule.target) - 1)
                    else { continue }
                    var narrowed = rule
                    narrowed.data = given
                    found[index].rules.append(FoundStatement(.rule(narrowed), condition))
                }
            }
        }
        add(policy.rules.rules, nil)
        for (place, conditional) in policy.conditionals.enumerated() {
            guard let value = conditional.value(loaded.booleans) else { continue }
            add(value ? conditional.whenTrue : conditional.whenFalse, RuleCondition(place: place, branch: value, isEnabled: true))
        }
    }

    // MARK: Telling

    private func tell(_ found: [Found]) throws(QuestionMistake) -> [FlowAccess] {
        var seen: Set<FoundStatement> = []
        let statements = found.flatMap(\.rules).filter { seen.insert($0).inserted }
        var entries: [FoundStatement: (place: Int, entry: SearchAnswer.Entry)] = [:]
        for (place, entry) in try SearchAnswer(statements, of: analysed, permissions: nil).entries.enumerated() {
            entries[entry.found] = (place, entry)
        }
        return found.map { access in
            let rules = access.rules.compactMap { entries[$0] }.sorted { $0.place < $1.place }.map(\.entry)
            let names = PolicyNames(analysed.policy)
            return FlowAccess(
                source: names.type(access.source), target: names.type(access.target), objectClass: names.objectClass(access.objectClass),
                isWrite: access.isWrite, permissions: permissions(access), rules: rules,
                contexts: access.outcome.contexts.flatMap { text($0.source, $0.target) }, isAssumed: access.outcome.assumed != 0,
                isPermissive: graph.trial.isPermissive(access.source))
        }
    }

    private func permissions(_ access: Found) -> [FlowAccess.Permission] {
        let policy = analysed.policy
        let all = policy.permissions(of: policy.classes[access.objectClass - 1]).sorted { $0.number < $1.number }
        let found: [FlowAccess.Permission] = all.compactMap { permission in
            let bit = Int(permission.number - 1)
            guard access.outcome.possible >> UInt32(bit) & 1 == 1 else { return nil }
            let weights = graph.meanings.weights(ofClass: access.objectClass, bit: bit)
            return FlowAccess.Permission(
                name: permission.name, weight: access.isWrite ? weights.write : weights.read,
                isKnown: graph.meanings.unknown[access.objectClass] >> UInt32(bit) & 1 == 0)
        }
        return found.enumerated().sorted { ($1.element.weight, $0.offset) < ($0.element.weight, $1.offset) }.map(\.element)
    }

    private func text(_ source: SecurityContext, _ target: SecurityContext) -> (source: String, target: String)? {
        guard let first = try? loaded.text(of: source), let second = try? loaded.text(of: target) else { return nil }
        return (String(decoding: first, as: UTF8.self), String(decoding: second, as: UTF8.self))
    }
}
