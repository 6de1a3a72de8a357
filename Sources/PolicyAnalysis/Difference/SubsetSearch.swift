import Flask
import PolicyCompiler

/// Looks for contexts between which one policy allows something and the other does not, and decides with both.
struct SubsetSearch {
    /// Decisions for one question; more are not made.
    static let maximumDecisions = 1 << 14
    /// And for all questions together.
    static let maximumTotal = 1 << 17
    /// Contexts of one type that are tried.
    static let maximumContexts = 24
    /// Pairs of types of one question.
    static let maximumPairs = 16

    let pair: PolicyPair
    let outer: AnalysedPolicy
    let inner: AnalysedPolicy
    private var total = 0
    /// Made when they are first needed.
    private var loaded: (outer: LoadedPolicy?, inner: LoadedPolicy?)?

    init(_ pair: PolicyPair, outer: AnalysedPolicy, inner: AnalysedPolicy) {
        self.pair = pair
        self.outer = outer
        self.inner = inner
    }

    /// An access of one of the sources to one of the targets, with one of the permissions, while `condition` is true.
    mutating func access(
        _ difference: RuleComparison.Found, _ vector: UInt64, _ condition: DecisionDiagram.Function, _ conditions: JointConditions
    ) -> SubsetCounterexample.Access? {
        var decisions = 0
        var pairs = 0
        for source in difference.sources {
            for target in difference.targets {
                guard pairs < Self.maximumPairs else { return nil }
                pairs += 1
                let found = access(
                    source, target, difference.subject.objectClass, vector, condition, conditions, users: [], &decisions)
                if let found { return found }
            }
        }
        return nil
    }

    /// An access between two types, by their joint indices. `users` are preferred, also by joint indices.
    mutating func access(
        _ source: Int, _ target: Int, _ objectClass: Int, _ vector: UInt64, _ condition: DecisionDiagram.Function,
        _ conditions: JointConditions, users: Bitmap, _ decisions: inout Int
    ) -> SubsetCounterexample.Access? {
        guard let class2 = pair.classes.inSecond[objectClass], let solution = conditions.solution(condition) else { return nil }
        let loaded = policies()
        guard let inner = loaded.inner, let outer = loaded.outer else { return nil }
        var values = (outer: outer.booleans, inner: inner.booleans)
        // What no condition is about keeps its value, the same in both.
        for (index, joint) in pair.booleans.ofSecond.enumerated() where joint < pair.booleans.firstCount {
            values.outer[joint] = values.inner[index]
        }
        for (joint, value) in solution {
            if joint < pair.booleans.firstCount { values.outer[joint] = value }
            if let index = pair.booleans.inSecond[joint] { values.inner[index] = value }
        }
        guard let innerNow = inner.setting(values.inner), let outerNow = outer.setting(values.outer) else { return nil }
        let sources = contexts(of: source, isSource: true, preferred: users)
        let targets = contexts(of: target, isSource: false, preferred: users)
        for sourceContext in sources {
            for targetContext in targets {
                guard decisions < Self.maximumDecisions, total < Self.maximumTotal else { return nil }
                decisions += 1
                total += 1
                let more = more(innerNow, outerNow, sourceContext, targetContext, class2, objectClass) & vector
                guard more != 0 else { continue }
                let permission = pair.permissions[objectClass].names(more & (0 &- more)).first ?? ""
                let booleans = solution.map { Boolean(name: pair.booleans.name($0.boolean), value: $0.value) }
                return SubsetCounterexample.Access(
                    source: (try? inner.text(of: sourceContext)) ?? [], target: (try? inner.text(of: targetContext)) ?? [],
                    objectClass: pair.classes.name(objectClass), permission: permission,
                    booleans: booleans.sorted { $0.name < $1.name })
            }
        }
        return nil
    }

    /// The joint permissions that only the inner policy allows.
    private func more(
        _ inner: LoadedPolicy, _ outer: LoadedPolicy, _ source: SecurityContext, _ target: SecurityContext, _ innerClass: Int,
        _ joint: Int
    ) -> UInt64 {
        guard let allowed = try? inner.accessDecision(source: source, target: target, objectClass: UInt16(innerClass + 1)).allowed
        else { return 0 }
        let permissions = pair.permissions[joint]
        let granted = permissions.joint(second: allowed)
        guard granted != 0, joint < pair.classes.firstCount, let before = outerContext(source), let after = outerContext(target)
        else { return granted }
        guard let known = try? outer.accessDecision(source: before, target: after, objectClass: UInt16(joint + 1)).allowed else {
            return granted
        }
        return granted & ~permissions.joint(first: known)
    }

    /// The context in the outer policy; nil where it lacks a name.
    private func outerContext(_ context: SecurityContext) -> SecurityContext? {
        let joint = pair.joint(context)
        guard pair.users.isInFirst(Int(joint.user) - 1), pair.roles.isInFirst(Int(joint.role) - 1),
            pair.types.isInFirst(Int(joint.type) - 1)
        else { return nil }
        for level in [joint.range.low, joint.range.high] where pair.first.isMLS {
            guard level.sensitivity <= pair.sensitivities.firstCount,
                level.categories.upperBound <= UInt64(pair.categories.firstCount + 63) / 64 * 64,
                level.categories.allSatisfy({ $0 < pair.categories.firstCount })
            else { return nil }
        }
        return joint
    }

    private mutating func policies() -> (outer: LoadedPolicy?, inner: LoadedPolicy?) {
        if let loaded { return loaded }
        let made = (outer: try? outer.loaded(), inner: try? inner.loaded())
        loaded = made
        return made
    }

    // MARK: Contexts

    /// Valid contexts of a type in the inner policy: each user and role that may have it, and as an object.
    private func contexts(of type: Int, isSource: Bool, preferred: Bitmap) -> [SecurityContext] {
        guard let index = pair.types.inSecond[type] else { return [] }
        let policy = pair.second
        var users = policy.users.indices.filter { policy.users[$0] != nil }
        users.sort { preferred.contains(pair.users.ofSecond[$0]) && !preferred.contains(pair.users.ofSecond[$1]) }
        var contexts: [SecurityContext] = []
        func add(_ user: Int, _ role: Int) {
            guard let entry = policy.users[user] else { return }
            var ranges = [entry.range]
            if policy.isMLS, entry.range.low != entry.range.high {
                ranges += [
                    MLSRange(low: entry.range.low, high: entry.range.low),
                    MLSRange(low: entry.range.high, high: entry.range.high),
                ]
            }
            for range in ranges where contexts.count < Self.maximumContexts {
                contexts.append(
                    SecurityContext(user: UInt32(user + 1), role: UInt32(role + 1), type: UInt32(index + 1), range: range))
            }
        }
        for user in users.prefix(Self.maximumContexts) {
            for role in policy.users[user]?.roles ?? [] where policy.roles.indices.contains(role) {
                if policy.roles[role]?.types.contains(index) == true { add(user, role) }
            }
        }
        // The role of objects has all types (Xen, xen/xsm/flask/ss/policydb.c: `policydb_context_isvalid`).
        if policy.roles.first?.map({ $0.name == "object_r" }) == true {
            for user in users.prefix(isSource ? 2 : 8) { add(user, 0) }
        }
        return contexts
    }
}
