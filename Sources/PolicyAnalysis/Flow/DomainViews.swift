import Flask

/// Which types name the same domain.
///
/// Xen shows a domain to itself by another label than to the others, and to its device model by a third one
/// (xen/xsm/flask/hooks.c: `flask_domain_alloc_security` and `flask_set_target`, which ask for the type transition of the domain on
/// itself, or on its device model, in the class `domain`; `domain_target_sid` uses them). What such a label is accessed by reaches the
/// domain. A label that several domains are seen by stands for each of them.
struct DomainViews {
    /// The domains that a type stands for, where it is not itself.
    private var owners: [UInt32: [UInt32]] = [:]
    /// The other way round.
    private var views: [UInt32: [UInt32]] = [:]

    /// So many steps are made to find out what stands for what, and so many types may stand for one.
    private static let stepLimit = 1 << 20
    private static let viewLimit = 64

    /// No type stands for another.
    init() {}

    /// Throws where more types stand for one than anybody means.
    init(_ policy: Policy, booleans: [Bool]) throws(QuestionMistake) {
        guard let number = policy.classes.firstIndex(where: { $0.name == "domain" }), !policy.classes.contains(where: { $0.name == "process" })
        else { return }
        var sources: [UInt32: Set<UInt32>] = [:]
        func add(_ rules: [Rule]) {
            for rule in rules where rule.kind == .typeTransition && Int(rule.objectClass) == number + 1 {
                let source = UInt32(rule.source)
                if source != rule.data, policy.isType(source), policy.isType(rule.data) { sources[rule.data, default: []].insert(source) }
            }
        }
        add(policy.rules.rules)
        for conditional in policy.conditionals {
            guard let value = conditional.value(booleans) else { continue }
            add(value ? conditional.whenTrue : conditional.whenFalse)
        }
        var steps = 0
        for view in sources.keys.sorted() {
            var seen: Set<UInt32> = [view]
            var stack = [view]
            var roots: [UInt32] = []
            while let type = stack.popLast() {
                steps += 1
                guard steps < Self.stepLimit else {
                    throw .undecidable(reason: "too many type transitions of domains hang together: ask with separate views")
                }
                guard let before = sources[type] else {
                    roots.append(type)
                    continue
                }
                for source in before where seen.insert(source).inserted { stack.append(source) }
            }
            // Types that only stand for each other are themselves.
            guard !roots.isEmpty else { continue }
            roots.sort()
            owners[view] = roots
            for root in roots {
                views[root, default: []].append(view)
                guard views[root]?.count ?? 0 <= Self.viewLimit else {
                    throw .undecidable(reason: "more than \(Self.viewLimit) types stand for one domain: ask with separate views")
                }
            }
        }
    }

    /// Where some domains are trusted not to hand on. What stands for one of them may be the label of a domain as well, which nobody trusts:
    /// it stands for itself then.
    func trusting(_ excluded: Bitmap) -> DomainViews {
        guard !excluded.isEmpty, !owners.isEmpty else { return self }
        var result = DomainViews()
        for view in owners.keys.sorted() {
            let roots = owners(of: view)
            let rest = roots.filter { !excluded.contains(Int($0) - 1) }
            for root in rest { result.views[root, default: []].append(view) }
            guard !rest.isEmpty else { continue }
            result.owners[view] = rest.count < roots.count ? (rest + [view]).sorted() : rest
        }
        return result
    }

    /// The domains that a type stands for: itself, mostly.
    func owners(of type: UInt32) -> [UInt32] { owners[type] ?? [type] }

    /// The types that stand for a domain, itself first.
    func types(of owner: UInt32) -> [UInt32] { [owner] + (views[owner] ?? []) }
}

extension Policy {
    /// Whether a number is that of a type, not of an attribute or of nothing.
    func isType(_ number: UInt32) -> Bool {
        types.indices.contains(Int(number) - 1) && types[Int(number) - 1]?.isAttribute == false
    }
}
