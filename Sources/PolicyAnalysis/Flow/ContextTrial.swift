import Flask

/// Finds out what any two contexts of two types may do: by rules, constraints, roles, bounds, as `LoadedPolicy` decides.
///
/// All valid contexts count: each role of the policy that has the type with each user that has the role, and `object_r`, which every type
/// and user may have (Xen, xen/xsm/flask/ss/policydb.c: `policydb_context_isvalid`); with MLS, ranges within the user's clearance. Those
/// between which no constraint of the class can tell a difference are tried once. Where there are more than may be tried, what rules allow
/// is taken for possible, and counted.
struct ContextTrial {
    /// What was found about some permissions of a class.
    struct Outcome {
        var possible: UInt32 = 0
        /// Those of them that were not decided.
        var assumed: UInt32 = 0
        /// Contexts of the first that needed some.
        var contexts: (source: SecurityContext, target: SecurityContext)?
    }

    /// A user and a role, and what constraints see of them.
    private struct Bearer: Hashable {
        let user: UInt32
        let role: UInt32
        let isObject: Bool
    }

    /// What constraints of a class look at.
    private struct Sight {
        var users: [Bitmap] = []
        var roles: [Bitmap] = []
        var tellsUsersApart = false
        var tellsRolesApart = false
        var levels: UInt8 = 0
    }

    private let policy: Policy
    private let loaded: LoadedPolicy
    private let meanings: FlowMeanings
    private var sights: [Sight?]
    /// By user, the first who has the same clearance; empty without MLS.
    private let clearances: [UInt32]
    private var bearers: [UInt64: (list: [Bearer], isComplete: Bool)] = [:]
    private var levels: LevelSamples
    private var ranges: [UInt64: [LevelSamples.Pair]] = [:]
    /// How many decisions may still be asked for.
    private var budget: Int
    /// By the first user who has a clearance: whether there is any level in it.
    private var clearancesWithLevels: [UInt32: Bool] = [:]

    /// So many users and roles of a type are tried, and so many decisions of all.
    private static let bearerLimit = 1_024
    static let decisionLimit = 4_000_000
    /// And so many for each question.
    private static let trialLimit = 100_000
    /// Looking at so many users costs as much as a decision.
    private static let looksPerDecision = 8

    init(_ policy: Policy, _ loaded: LoadedPolicy, _ meanings: FlowMeanings, decisions: Int = decisionLimit) {
        self.policy = policy
        self.loaded = loaded
        self.meanings = meanings
        budget = decisions
        levels = LevelSamples(policy)
        var known: [MLSRange: UInt32] = [:]
        clearances = !policy.isMLS ? [] : policy.users.enumerated().map { index, user in
            guard let user else { return 0 }
            if known[user.range] == nil { known[user.range] = UInt32(index + 1) }
            return known[user.range] ?? 0
        }
        sights = [Sight?](repeating: nil, count: policy.classes.count + 1)
    }

    /// Which of the permissions a source of one type may have for a target of another.
    mutating func outcome(_ source: UInt32, _ target: UInt32, ofClass number: Int, _ wanted: UInt32) -> Outcome {
        var outcome = Outcome()
        if isPermissive(source) {
            outcome.possible = wanted
            return outcome
        }
        var rest = loaded.rulesDecision(source, target, UInt16(number)).allowed & wanted
        guard rest != 0, hasContexts else { return outcome }
        if !isBounded(source), !isBounded(target) {
            outcome.possible = rest & ~meanings.checked[number]
            rest &= meanings.checked[number]
        }
        if rest != 0 { tryContexts(rest, source, target, number, &outcome) }
        return outcome
    }

    /// Every type has a context with `object_r`, which Xen has even where the policy has not (xen/xsm/flask/ss/policydb.c: `roles_init`).
    private var hasContexts: Bool {
        policy.users.contains { $0 != nil } && (!policy.isMLS || !policy.sensitivities.isEmpty)
    }

    /// Whether it does all the same what it is denied.
    func isPermissive(_ type: UInt32) -> Bool { policy.permissiveTypes.contains(Int(type)) }

    /// Pays for a look at a class with a decision; false where there is none left.
    mutating func charge() -> Bool {
        guard budget > 0 else { return false }
        budget -= 1
        return true
    }

    func isBounded(_ type: UInt32) -> Bool { policy.types[Int(type) - 1]?.bounds ?? 0 != 0 }

    private mutating func tryContexts(_ wanted: UInt32, _ source: UInt32, _ target: UInt32, _ number: Int, _ outcome: inout Outcome) {
        var rest = wanted
        let levels = sight(number).levels
        let (sources, isSourceComplete) = bearers(of: source, number)
        let (targets, isTargetComplete) = bearers(of: target, number)
        var trials = Self.trialLimit
        var isComplete = isSourceComplete && isTargetComplete
        // With roles of their own first, and of one user: those are the contexts that a person would have thought of.
        trying: for (isObject, isSameUser) in [(false, true), (false, false), (true, true), (true, false)] {
            for first in sources {
                for second in targets where (first.isObject || second.isObject) == isObject && (first.user == second.user) == isSameUser {
                    for pair in samples(first, second, levels) {
                        guard budget > 0, trials > 0 else {
                            isComplete = false
                            break trying
                        }
                        (budget, trials) = (budget - 1, trials - 1)
                        let one = SecurityContext(user: first.user, role: first.role, type: source, range: pair.source)
                        let other = SecurityContext(user: second.user, role: second.role, type: target, range: pair.target)
                        guard let decision = try? loaded.accessDecision(source: one, target: other, objectClass: UInt16(number)) else {
                            // Such as one with a role that only Xen knows.
                            isComplete = false
                            continue
                        }
                        let found = decision.allowed & rest
                        guard found != 0 else { continue }
                        outcome.possible |= found
                        if outcome.contexts == nil { outcome.contexts = (one, other) }
                        rest &= ~found
                        if rest == 0 { return }
                    }
                }
            }
        }
        guard !isComplete || budget <= 0 || self.levels.isIncomplete else { return }
        outcome.possible |= rest
        outcome.assumed |= rest
    }

    // MARK: Users and roles

    private mutating func sight(_ number: Int) -> Sight {
        if let known = sights[number] { return known }
        var sight = Sight()
        for constraint in policy.classes[number - 1].constraints {
            sight.levels |= LevelSamples.compared(constraint)
            for term in constraint.expression {
                switch term.kind {
                case .attribute:
                    if term.attribute == .user { sight.tellsUsersApart = true }
                    if term.attribute == .role { sight.tellsRolesApart = true }
                case .names:
                    if term.attribute.contains(.user) { sight.users.append(term.names) }
                    if term.attribute.contains(.role) { sight.roles.append(term.names) }
                default: break
                }
            }
        }
        if ["domain", "process"].contains(policy.classes[number - 1].name) { sight.tellsRolesApart = true }
        sights[number] = sight
        return sight
    }

    /// The users and roles of a type, one of each sort that constraints of the class tell apart.
    private mutating func bearers(of type: UInt32, _ number: Int) -> (list: [Bearer], isComplete: Bool) {
        let key = UInt64(type) << 32 | UInt64(number)
        if let known = bearers[key] { return known }
        let sight = sight(number)
        var list: [Bearer] = []
        var seen: Set<[UInt32]> = []
        var isComplete = true
        var looks = 0
        let looksPerUser = 1 + sight.users.count + sight.roles.count
        // `object_r` is the first, and comes last.
        looking: for role in Array(policy.roles.indices.dropFirst()) + [0] {
            looks += 1
            guard role == 0 || policy.roles[role]?.types.contains(Int(type) - 1) == true else { continue }
            for (user, owner) in policy.users.enumerated() {
                looks += looksPerUser
                guard looks / Self.looksPerDecision < budget else {
                    isComplete = false
                    break looking
                }
                guard let owner, role == 0 || owner.roles.contains(role) else { continue }
                // Who has no level has no context, and stands for nobody.
                if role != 0, !hasLevels(UInt32(user + 1), &looks) { continue }
                let sort = [
                    sight.tellsUsersApart ? UInt32(user) : 0, sight.tellsRolesApart ? UInt32(role) : 0,
                    sight.levels == 0 ? 0 : clearanceNumber(user: UInt32(user + 1), isObject: role == 0),
                ] + Self.membership(user, sight.users) + [.max] + Self.membership(role, sight.roles)
                guard seen.insert(sort).inserted else { continue }
                guard list.count < Self.bearerLimit else {
                    isComplete = false
                    break
                }
                list.append(Bearer(user: UInt32(user + 1), role: UInt32(role + 1), isObject: role == 0))
            }
        }
        budget -= min(max(0, budget), looks / Self.looksPerDecision)
        bearers[key] = (list, isComplete)
        return (list, isComplete)
    }

    private static func membership(_ index: Int, _ sets: [Bitmap]) -> [UInt32] {
        sets.indices.filter { sets[$0].contains(index) }.map { UInt32($0) }
    }

    // MARK: Levels

    /// A number for a clearance: the first user who has it, or 0 for any levels.
    private func clearanceNumber(user: UInt32, isObject: Bool) -> UInt32 {
        isObject || clearances.isEmpty ? 0 : clearances[Int(user) - 1]
    }

    /// Whether there is a level within a user's clearance: the least categories of it, at one of its sensitivities.
    private mutating func hasLevels(_ user: UInt32, _ looks: inout Int) -> Bool {
        let clearance = clearanceNumber(user: user, isObject: false)
        guard clearance != 0, let range = policy.users[Int(clearance) - 1]?.range else { return true }
        if let known = clearancesWithLevels[clearance] { return known }
        let least = range.low.categories
        var isFound = false
        if range.high.categories.isSuperset(of: least) {
            for (place, sensitivity) in policy.sensitivities.enumerated() {
                looks += 1
                guard place + 1 >= Int(range.low.sensitivity), place + 1 <= Int(range.high.sensitivity),
                    sensitivity.level.categories.isSuperset(of: least)
                else { continue }
                isFound = true
                break
            }
        }
        clearancesWithLevels[clearance] = isFound
        return isFound
    }

    private mutating func samples(_ source: Bearer, _ target: Bearer, _ compared: UInt8) -> [LevelSamples.Pair] {
        let first = clearanceNumber(user: source.user, isObject: source.isObject)
        let second = clearanceNumber(user: target.user, isObject: target.isObject)
        let key = UInt64(first) << 36 | UInt64(second) << 8 | UInt64(compared)
        if let known = ranges[key] { return known }
        func range(_ number: UInt32) -> MLSRange? { number == 0 ? nil : policy.users[Int(number) - 1]?.range }
        guard budget > 0 else { return [] }
        let before = levels.work
        let found = levels.samples(range(first), range(second), compared: compared)
        budget -= (levels.work - before) / 4
        ranges[key] = found
        return found
    }
}
