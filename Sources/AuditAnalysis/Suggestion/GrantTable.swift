import Flask
import PolicyAnalysis
import PolicyCompiler

/// What allow rules that are not in a policy would give in it: their names looked up in the policy.
struct GrantTable {
    private let policy: Policy
    /// What rules alone allow: constraints and bounds do not matter to what a rule says.
    private let bare: LoadedPolicy
    private let types: [Name: UInt32]
    private let members: [UInt32: Bitmap]
    private let all: Bitmap
    private let classes: [Name: Int]

    /// More pairs of types of one call are counted and not looked at.
    private static let pairLimit = 4_096

    struct Grant: Hashable {
        let source: UInt32
        let target: UInt32
        let objectClass: UInt16
    }

    init(_ analysed: AnalysedPolicy) throws(QuestionMistake) {
        policy = analysed.policy
        var stripped = analysed.policy
        for index in stripped.classes.indices { stripped.classes[index].constraints = [] }
        for index in stripped.types.indices { stripped.types[index]?.bounds = 0 }
        bare = try AnalysedPolicy(stripped).loaded()
        var types: [Name: UInt32] = [:]
        var members: [UInt32: Bitmap] = [:]
        var all = Bitmap()
        for (index, entry) in policy.types.enumerated() {
            guard let entry else { continue }
            types[entry.name] = UInt32(index + 1)
            if entry.isAttribute { members[UInt32(index + 1)] = Bitmap() } else { all.insert(index) }
        }
        for alias in policy.typeAliases { types[alias.name] = alias.number }
        for (type, sets) in policy.typeAttributes.enumerated() where all.contains(type) {
            for set in sets { members[UInt32(set + 1)]?.insert(type) }
        }
        self.types = types
        self.members = members
        self.all = all
        classes = Dictionary(policy.classes.enumerated().map { ($0.element.name, $0.offset) }) { first, _ in first }
    }

    /// The type of a name, by its number; nil for what is none.
    func type(_ name: String) -> UInt32? {
        guard let number = types[Name(name)], members[number] == nil else { return nil }
        return number
    }

    /// Whether a name, or the attribute that it is, stands for a type.
    func names(_ name: String, _ type: UInt32) -> Bool {
        guard let number = types[Name(name)] else { return false }
        return number == type || members[number]?.contains(Int(type) - 1) == true
    }

    func isKnown(_ name: String) -> Bool { types[Name(name)] != nil }

    /// What a rule gives; nil where it names what the policy does not have.
    func grants(_ rule: InterfaceExpansion.Rule) -> (sources: Bitmap, targets: Bitmap, includesSelf: Bool, vectors: [(objectClass: UInt16, bits: UInt32)])? {
        guard let sources = set(rule.sources), let targets = set(rule.targets) else { return nil }
        var vectors: [(objectClass: UInt16, bits: UInt32)] = []
        for name in rule.classes {
            guard let index = classes[Name(name)] else { return nil }
            let known = policy.permissions(ofClass: index)
            let every = known.reduce(UInt32(0)) { $0 | 1 << ($1.number - 1) }
            var bits: UInt32 = 0
            for name in rule.permissions {
                if name == "*" { bits = every }
                guard name != "*", name != "~" else { continue }
                guard let permission = known.first(where: { $0.name == Name(name) }) else { return nil }
                bits |= 1 << (permission.number - 1)
            }
            vectors.append((UInt16(index + 1), rule.permissions.first == "~" ? every & ~bits : bits))
        }
        return (sources.types, targets.types, targets.hasSelf, vectors)
    }

    private func set(_ names: [String]) -> (types: Bitmap, hasSelf: Bool)? {
        var included = Bitmap()
        var excluded = Bitmap()
        var hasSelf = false
        var isExcluded = false
        for name in names {
            switch name {
            case "~": continue
            case "-": isExcluded = true
            case "*": included = all
            case "self" where !isExcluded: hasSelf = true
            default:
                guard let number = types[Name(name)] else { return nil }
                let stands = members[number] ?? [Int(number) - 1]
                if isExcluded { excluded.formUnion(stands) } else { included.formUnion(stands) }
                isExcluded = false
            }
        }
        let isComplement = names.first == "~"
        let types = Bitmap((isComplement ? all : included).filter { !excluded.contains($0) && !(isComplement && included.contains($0)) })
        return (types, hasSelf)
    }

    /// Whether rules give all that is wanted, by themselves.
    func cover(_ rules: [InterfaceExpansion.Rule], _ wanted: WantedRule) -> Bool {
        var bits: UInt32 = 0
        for rule in rules where !rule.isConditional && rule.classes.contains(wanted.className) {
            guard let grants = grants(rule), grants.sources.contains(Int(wanted.source) - 1) else { continue }
            guard grants.targets.contains(Int(wanted.target) - 1) || grants.includesSelf && wanted.source == wanted.target else { continue }
            for vector in grants.vectors where vector.objectClass == wanted.objectClass { bits |= vector.bits }
        }
        return bits & wanted.permissions == wanted.permissions
    }

    /// How many permissions of one type over another rules give that the policy does not, and that nobody wants; nil where they name what
    /// the policy does not have.
    func excess(_ rules: [InterfaceExpansion.Rule], wanted: [Grant: UInt32]) -> Int? {
        var given: [Grant: UInt32] = [:]
        var count = 0
        for rule in rules {
            guard let grants = grants(rule) else { return nil }
            let pairs = grants.sources.count * (grants.targets.count + (grants.includesSelf ? 1 : 0))
            guard given.count + pairs * grants.vectors.count <= Self.pairLimit else {
                count += pairs * grants.vectors.reduce(0) { $0 + $1.bits.nonzeroBitCount }
                continue
            }
            for source in grants.sources {
                func give(_ target: Int) {
                    for vector in grants.vectors {
                        given[Grant(source: UInt32(source + 1), target: UInt32(target + 1), objectClass: vector.objectClass), default: 0] |= vector.bits
                    }
                }
                for target in grants.targets { give(target) }
                if grants.includesSelf { give(source) }
            }
        }
        for (grant, bits) in given { count += (bits & ~(wanted[grant] ?? 0) & ~allowed(grant)).nonzeroBitCount }
        return count
    }

    private func allowed(_ grant: Grant) -> UInt32 {
        let source = SecurityContext(user: 1, role: 1, type: grant.source)
        let target = SecurityContext(user: 1, role: 1, type: grant.target)
        return (try? bare.accessDecision(source: source, target: target, objectClass: grant.objectClass))?.allowed ?? 0
    }
}
