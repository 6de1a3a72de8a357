import Flask

/// Between which types information can go at once: the arcs are those of rules, between sets of types, and become steps of single types
/// only where somebody looks.
///
/// A set is a type or an attribute, by its number. What is expanded would have millions of steps in a large policy; by sets, a search meets
/// each member once.
struct FlowGraph {
    /// From all types of a set to all of another one.
    struct Arc {
        let other: UInt16
        /// 0 for accesses that rules decide alone, of whatever class; otherwise the class whose contexts must be tried.
        let objectClass: UInt16
        /// Whether the information goes with the access.
        let isWrite: Bool
    }

    let policy: Policy
    let meanings: FlowMeanings
    /// Those of the question.
    var views: DomainViews
    var trial: ContextTrial
    /// By set: where its arcs begin, in and against the direction of the information; one more at the end.
    let outgoing: Arcs
    let incoming: Arcs
    /// The types of each set.
    let members: Members
    /// Types that information is trusted not to go through, as indices; those that are asked for are not among them.
    var excluded = Bitmap()
    /// How many arcs have been looked at by who asks for single steps.
    private(set) var scanned = 0
    /// Whether a type bounds another.
    let hasBounds: Bool
    /// Types that do all the same what they are denied (Xen, xen/xsm/flask/avc.c: `avc_has_perm_noaudit`); no rule makes an arc of it.
    let permissive: [UInt32]
    /// Whether anything carries information to the target of an access, and from it.
    let hasWrites: Bool
    let hasReads: Bool

    struct Arcs {
        private var starts: [Int]
        private var list: [Arc]

        /// Of keys that begin with the set's number.
        init(_ keys: [UInt64], count: Int) {
            var sorted = keys
            sorted.sort()
            starts = [Int](repeating: 0, count: count + 2)
            list = []
            list.reserveCapacity(sorted.count)
            var last: UInt64?
            for key in sorted where key != last {
                last = key
                starts[Int(key >> 48) + 1] += 1
                list.append(
                    Arc(
                        other: UInt16(truncatingIfNeeded: key >> 32), objectClass: UInt16(truncatingIfNeeded: key >> 16),
                        isWrite: key & 1 == 1))
            }
            for index in 1..<starts.count { starts[index] += starts[index - 1] }
        }

        subscript(set: Int) -> ArraySlice<Arc> { list[starts[set]..<starts[set + 1]] }
    }

    struct Members {
        private var starts: [Int]
        private var types: [UInt32]

        init(_ policy: Policy) {
            let count = policy.types.count
            starts = [Int](repeating: 0, count: count + 2)
            let all = policy.typeAttributes.indices.filter { policy.isType(UInt32($0 + 1)) }
            for type in all { for set in policy.typeAttributes[type] where set < count { starts[set + 2] += 1 } }
            for index in 1..<starts.count { starts[index] += starts[index - 1] }
            types = [UInt32](repeating: 0, count: starts[count + 1])
            var next = starts
            for type in all {
                for set in policy.typeAttributes[type] where set < count {
                    types[next[set + 1]] = UInt32(type + 1)
                    next[set + 1] += 1
                }
            }
        }

        subscript(set: Int) -> ArraySlice<UInt32> { types[starts[set]..<starts[set + 1]] }
    }

    init(_ policy: Policy, _ loaded: LoadedPolicy, _ meanings: FlowMeanings, _ views: DomainViews, decisions: Int) {
        self.policy = policy
        self.meanings = meanings
        self.views = views
        permissive = policy.permissiveTypes.compactMap { UInt32(exactly: $0) }.filter { policy.isType($0) }
        hasWrites = meanings.writes.contains { $0 != 0 }
        hasReads = meanings.reads.contains { $0 != 0 }
        hasBounds = policy.types.contains { $0?.bounds ?? 0 != 0 }
        trial = ContextTrial(policy, loaded, meanings, decisions: decisions)
        members = Members(policy)
        var forward: [UInt64] = []
        func add(_ rules: [Rule]) {
            for rule in rules where rule.kind == .allow {
                let number = Int(rule.objectClass)
                guard number < meanings.writes.count else { continue }
                for isWrite in [true, false] {
                    let flowing = rule.data & meanings.permissions(ofClass: number, isWrite: isWrite)
                    guard flowing != 0 else { continue }
                    let from = UInt64(isWrite ? rule.source : rule.target)
                    let to = UInt64(isWrite ? rule.target : rule.source)
                    if flowing & ~meanings.checked[number] != 0 { forward.append(from << 48 | to << 32) }
                    if flowing & meanings.checked[number] != 0 {
                        forward.append(from << 48 | to << 32 | UInt64(rule.objectClass) << 16 | (isWrite ? 1 : 0))
                    }
                }
            }
        }
        add(policy.rules.rules)
        for conditional in policy.conditionals {
            guard let value = conditional.value(loaded.booleans) else { continue }
            add(value ? conditional.whenTrue : conditional.whenFalse)
        }
        let count = policy.types.count
        forward.removeAll { Int($0 >> 48) > count || Int($0 >> 32 & 0xffff) > count || $0 >> 48 == 0 || $0 >> 32 & 0xffff == 0 }
        outgoing = Arcs(forward, count: count)
        let reversed = forward.map { $0 << 16 & 0xffff_0000_0000_0000 | $0 >> 16 & 0xffff_0000_0000 | $0 & 0xffff_ffff }
        incoming = Arcs(reversed, count: count)
    }

    // MARK: Steps of types

    /// Whether information goes from one type to another at once.
    mutating func isStep(_ source: UInt32, _ target: UInt32) -> Bool {
        guard source != target else { return false }
        if hasWrites && trial.isPermissive(source) || hasReads && trial.isPermissive(target) { return true }
        let isBounded = trial.isBounded(source) || trial.isBounded(target)
        let sets = policy.typeAttributes[Int(target) - 1]
        var hasFree = false
        var tried: [Arc] = []
        for set in policy.typeAttributes[Int(source) - 1] where set < policy.types.count {
            scanned += outgoing[set + 1].count
            for arc in outgoing[set + 1] where sets.contains(Int(arc.other) - 1) {
                if arc.objectClass != 0 {
                    tried.append(arc)
                } else if !isBounded {
                    return true
                } else {
                    hasFree = true
                }
            }
        }
        for arc in tried where isPossible(arc, source, target) { return true }
        return hasFree && isPossibleAtAll(source, target)
    }

    /// Whether an access of an arc's class, in its direction, is possible for some contexts. The class's other permissions count as well:
    /// they are of the same direction.
    mutating func isPossible(_ arc: Arc, _ source: UInt32, _ target: UInt32) -> Bool {
        let number = Int(arc.objectClass)
        let wanted = meanings.permissions(ofClass: number, isWrite: arc.isWrite)
        return arc.isWrite
            ? trial.outcome(source, target, ofClass: number, wanted).possible != 0
            : trial.outcome(target, source, ofClass: number, wanted).possible != 0
    }

    /// Whether any access of two types is possible of which there are rules. When nothing may be asked any more it is taken for so.
    mutating func isPossibleAtAll(_ source: UInt32, _ target: UInt32) -> Bool {
        for number in meanings.writes.indices.dropFirst() where meanings.writes[number] | meanings.reads[number] != 0 {
            guard trial.charge() else { return true }
            if meanings.writes[number] != 0, trial.outcome(source, target, ofClass: number, meanings.writes[number]).possible != 0 { return true }
            if meanings.reads[number] != 0, trial.outcome(target, source, ofClass: number, meanings.reads[number]).possible != 0 { return true }
        }
        return false
    }

    // MARK: Steps of domains

    /// The types by which information goes into a domain and out of it.
    func types(of domain: UInt32) -> [UInt32] { views.types(of: domain).filter { $0 == domain || !excluded.contains(Int($0) - 1) } }

    /// Whether information goes from one domain to another at once.
    mutating func isStep(fromDomain source: UInt32, to target: UInt32) -> Bool {
        for one in types(of: source) {
            for other in types(of: target) where isStep(one, other) { return true }
        }
        return false
    }
}
