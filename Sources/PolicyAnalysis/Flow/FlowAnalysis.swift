import Flask
import PolicyCompiler

/// A policy that is asked where information can go in it. What counts as a flow is settled once, for all questions.
///
/// A step from one type to another exists where some valid contexts of the two exist for which an access is allowed that carries
/// information this way: by rules in force, constraints, roles and bounds. Steps of a path are looked at one by one, so that the contexts
/// of one need not be those of the next: nothing that is possible is overlooked, of what Xen asks a permission for. A type that is
/// permissive has all permissions for all types.
public struct FlowAnalysis {
    let analysed: AnalysedPolicy
    let settings: FlowSettings
    private var graph: FlowGraph
    private let loaded: LoadedPolicy
    /// What was to be left out, as indices, and who stands for whom, before anything was asked.
    private let excluded: Bitmap
    private let views: DomainViews

    var policy: Policy { analysed.policy }

    /// No more decisions about contexts are asked for than `decisions`; what would need more is taken for possible.
    public init(
        _ analysed: AnalysedPolicy, _ settings: FlowSettings = FlowSettings(), decisions: Int = 4_000_000
    ) throws(QuestionMistake) {
        self.analysed = analysed
        self.settings = settings
        let policy = analysed.policy
        let table: FlowPermissions
        do throws(FlowPermissionsMistake) {
            if let given = settings.permissions { table = given } else { table = try FlowPermissions(FlowPermissions.Standard(for: policy)) }
        } catch {
            throw .undecidable(reason: "line \(error.line) of the table of permissions: \(error.reason)")
        }
        var values = policy.booleans.map(\.value)
        for (name, value) in settings.booleans {
            guard let index = policy.booleans.firstIndex(where: { $0.name == Name(name) }) else {
                throw try NamePattern(name).unknown(among: policy.booleans.map(\.name), what: "boolean")
            }
            values[index] = value
        }
        guard let loaded = try analysed.loaded().setting(values) else { throw .undecidable(reason: "its booleans are others") }
        self.loaded = loaded
        var excluded = Bitmap()
        for pattern in settings.excluded { excluded.formUnion(try Self.types(pattern, policy)) }
        guard policy.typeAttributes.reduce(0, { $0 + $1.count }) <= Self.membershipLimit else {
            throw .undecidable(reason: "its types have more than \(Self.membershipLimit) attributes together")
        }
        let views = settings.mergesViews ? try DomainViews(policy, booleans: values) : DomainViews()
        self.excluded = excluded
        self.views = views
        graph = FlowGraph(policy, loaded, FlowMeanings(policy, table, settings), views, decisions: decisions)
    }

    /// The types that a pattern names, as indices.
    private static func types(_ pattern: NamePattern, _ policy: Policy) throws(QuestionMistake) -> Bitmap {
        let names = policy.types.map { $0.flatMap { pattern.isExpression && $0.isAttribute ? nil : $0.name } } + policy.typeAliases.map(\.name)
        var named = Bitmap()
        for index in try pattern.indices(among: names, what: "type or attribute") {
            named.insert(index < policy.types.count ? index : Int(policy.typeAliases[index - policy.types.count].number) - 1)
        }
        var types = Bitmap()
        for (type, sets) in policy.typeAttributes.enumerated() where policy.isType(UInt32(type + 1)) && sets.intersects(named) { types.insert(type) }
        return types
    }

    /// The types that a pattern of a question names, as indices.
    private func asked(_ pattern: NamePattern) throws(QuestionMistake) -> Bitmap {
        let types = try Self.types(pattern, policy)
        guard !types.isEmpty else { throw .pointless(reason: "`\(pattern.text)` stands for no type") }
        return types
    }

    /// What is asked for is not left out, neither as it is named nor as the domain that is meant by it.
    private mutating func leaveOut(exceptFor asked: [Bitmap]) {
        var excluded = excluded
        if !excluded.isEmpty {
            for type in asked.joined() {
                excluded.remove(type)
                for owner in views.owners(of: UInt32(type + 1)) { excluded.remove(Int(owner) - 1) }
            }
        }
        graph.excluded = excluded
        graph.views = views.trusting(excluded)
    }

    /// The domains of types that were asked for.
    private func domains(_ types: Bitmap) -> Set<UInt32> { Set(types.flatMap { graph.views.owners(of: UInt32($0 + 1)) }) }

    /// SELinux's reference policy has some hundred thousand.
    private static let membershipLimit = 1 << 24
    /// So many types are told with all their steps.
    private static let treeLimit = 200

    // MARK: Answering

    /// Where information can go from some types, or how it goes to others.
    public mutating func answer(_ question: FlowQuestion) throws(QuestionMistake) -> FlowAnswer {
        let named = try asked(question.source)
        guard let pattern = question.target else {
            leaveOut(exceptFor: [named])
            return try answer(reachedFrom: domains(named), question)
        }
        let namedTargets = try asked(pattern)
        leaveOut(exceptFor: [named, namedTargets])
        let sources = domains(named)
        let targets = domains(namedTargets)
        guard sources.count > 1 || targets.count > 1 || sources != targets else {
            throw .pointless(reason: "`\(question.source.text)` and `\(pattern.text)` are the same domain")
        }
        let bound = max(0, question.maximumSteps ?? .max)
        // From each by itself, if some of them are gone to as well.
        let starts = sources.isDisjoint(with: targets) ? [sources] : sources.sorted().map { [$0] }
        var found: (paths: [[UInt32]], hasMore: Bool, mayHaveMore: Bool) = ([], false, false)
        for start in starts {
            let ends = targets.subtracting(start)
            guard !ends.isEmpty else { continue }
            let next = paths(from: start, to: ends, question, bound)
            if question.paths == .shortest, let shortest = found.paths.first?.count, let length = next.paths.first?.count {
                if length > shortest { continue }
                if length < shortest { found = ([], false, false) }
            }
            found = (found.paths + next.paths, found.hasMore || next.hasMore, found.mayHaveMore || next.mayHaveMore)
        }
        let order = found.paths.enumerated().sorted { ($0.element.count, $0.offset) < ($1.element.count, $1.offset) }.map(\.element)
        let told = Array(order.prefix(max(0, question.limit)))
        var detail = FlowDetail(analysed, loaded, graph)
        let paths = try detail.steps(of: told)
        graph.trial = detail.graph.trial
        return answer(
            sources, targets, paths: paths, distance: order.first.map { $0.count - 1 },
            hasMore: found.hasMore || told.count < order.count, mayHaveMore: found.mayHaveMore, assumed: detail.assumed)
    }

    private mutating func paths(
        from starts: Set<UInt32>, to ends: Set<UInt32>, _ question: FlowQuestion, _ bound: Int
    ) -> (paths: [[UInt32]], hasMore: Bool, mayHaveMore: Bool) {
        let backward = FlowSearch(&graph, from: ends, backward: true, maximumSteps: bound, ends: starts)
        guard let distance = starts.map({ Int(backward.distances[Int($0)]) }).filter({ $0 >= 0 }).min() else { return ([], false, false) }
        var longest = distance
        if question.paths == .all { longest = max(distance, min(question.maximumSteps ?? distance + 1, policy.types.count)) }
        let found = FlowPaths(&graph, from: starts, to: ends, lengths: distance...longest, backward, limit: max(1, question.limit))
        guard found.paths.isEmpty else { return (found.paths, found.hasMore, found.mayHaveMore) }
        // There were too many steps to look at; the search knows one path.
        var path = Array(starts.filter { Int(backward.distances[Int($0)]) == distance }.sorted().prefix(1))
        while let last = path.last, backward.distances[Int(last)] > 0 { path.append(backward.previous[Int(last)]) }
        return ([path], false, true)
    }

    private mutating func answer(reachedFrom sources: Set<UInt32>, _ question: FlowQuestion) throws(QuestionMistake) -> FlowAnswer {
        let search = FlowSearch(&graph, from: sources, maximumSteps: max(0, question.maximumSteps ?? .max))
        let reached = search.order.filter { search.distances[Int($0)] > 0 }.map { domain in
            FlowAnswer.Reached(
                type: name(domain), distance: Int(search.distances[Int(domain)]), previous: name(search.previous[Int(domain)]))
        }
        .sorted { ($0.distance, $0.type) < ($1.distance, $1.type) }
        guard question.tellsSteps else { return answer(sources, nil, reached: reached) }
        guard reached.count <= Self.treeLimit else { throw .tooManyTypes(reached.count, limit: Self.treeLimit) }
        var detail = FlowDetail(analysed, loaded, graph)
        let steps = try detail.steps(of: search.order.filter { search.distances[Int($0)] > 0 }.map { [search.previous[Int($0)], $0] })
        graph.trial = detail.graph.trial
        return answer(sources, nil, reached: reached, tree: steps.flatMap(\.self), assumed: detail.assumed)
    }

    private func answer(
        _ sources: Set<UInt32>, _ targets: Set<UInt32>?, reached: [FlowAnswer.Reached] = [], tree: [FlowStep] = [], paths: [[FlowStep]] = [],
        distance: Int? = nil, hasMore: Bool = false, mayHaveMore: Bool = false, assumed: Int = 0
    ) -> FlowAnswer {
        FlowAnswer(
            sources: sources.map(name).sorted(), targets: targets.map { $0.map(name).sorted() }, reached: reached, tree: tree,
            paths: paths, distance: distance, hasMore: hasMore, mayHaveMore: mayHaveMore, unknown: unknownPermissions, assumed: assumed)
    }

    private func name(_ type: UInt32) -> Name { policy.types[Int(type) - 1]?.name ?? Name("#\(type)") }

    /// What the table does not name, and rules in force give.
    private var unknownPermissions: [FlowAnswer.UnknownPermission] {
        var given = [UInt32](repeating: 0, count: policy.classes.count + 1)
        func add(_ rules: [Rule]) {
            for rule in rules where rule.kind == .allow && Int(rule.objectClass) < given.count { given[Int(rule.objectClass)] |= rule.data }
        }
        add(policy.rules.rules)
        for conditional in policy.conditionals {
            if let value = conditional.value(loaded.booleans) { add(value ? conditional.whenTrue : conditional.whenFalse) }
        }
        var found: [FlowAnswer.UnknownPermission] = []
        for (index, entry) in policy.classes.enumerated() {
            let unknown = given[index + 1] & graph.meanings.unknown[index + 1]
            guard unknown != 0 else { continue }
            for permission in policy.permissions(of: entry).sorted(by: { $0.number < $1.number }) where unknown >> (permission.number - 1) & 1 == 1 {
                found.append(.init(objectClass: entry.name, permission: permission.name))
            }
        }
        return found
    }
}
