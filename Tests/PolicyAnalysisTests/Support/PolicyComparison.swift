import Flask
import PolicyAnalysis
import TestSupport

/// Compares what two policies decide, whose symbols may have other numbers: by names.
struct PolicyComparison {
    private let first: Policy
    private let second: Policy
    private let loaded: (LoadedPolicy, LoadedPolicy)
    private(set) var differences: [String] = []
    private(set) var decisions = 0

    init(_ first: Policy, _ second: Policy) throws {
        self.first = first
        self.second = second
        loaded = (try LoadedPolicy(first), try LoadedPolicy(second))
    }

    private mutating func expect(_ isEqual: Bool, _ text: String) {
        if !isEqual, differences.count < 10 { differences.append(text) }
    }

    /// What has a context without being asked.
    mutating func compareLabels() throws {
        func labels(_ policy: Policy, _ loaded: LoadedPolicy) throws -> [String] {
            func text(_ context: SecurityContext) throws -> String { String(decoding: try loaded.text(of: context), as: UTF8.self) }
            let devices = policy.deviceContexts
            var labels = try policy.initialContexts.map { "sid \($0.sid) \(try text($0.context))" }
            labels += try devices.interrupts.map { "pirqcon \($0.number) \(try text($0.context))" }
            labels += try devices.ioPorts.map { "ioportcon \($0.low)-\($0.high) \(try text($0.context))" }
            labels += try devices.ioMemory.map { "iomemcon \($0.low)-\($0.high) \(try text($0.context))" }
            labels += try devices.pciDevices.map { "pcidevicecon \($0.address) \(try text($0.context))" }
            labels += try devices.deviceTreeNodes.map { "devicetreecon \($0.path) \(try text($0.context))" }
            return labels.sorted()
        }
        expect(try labels(first, loaded.0) == labels(second, loaded.1), "contexts")
        expect(Set(first.booleans) == Set(second.booleans), "booleans")
        expect(first.isMLS == second.isMLS && first.classes.map(\.name) == second.classes.map(\.name), "classes")
        expect(Self.names(first) == Self.names(second), "types")
    }

    private static func names(_ policy: Policy) -> Set<Name> { Set(policy.types.compactMap { $0?.name }) }

    /// All pairs of types for all classes, with some values of the booleans.
    mutating func compareTypes(_ values: [String: Bool]) throws {
        let types = first.types.indices.filter { first.types[$0]?.isAttribute == false }
        let numbers = Dictionary(second.types.indices.compactMap { index in second.types[index].map { ($0.name, index) } }, uniquingKeysWith: { $1 })
        let policies = (set(loaded.0, first, values), set(loaded.1, second, values))
        for source in types {
            for target in types {
                guard let other = (first.types[source]?.name).flatMap({ numbers[$0] }), let another = (first.types[target]?.name).flatMap({ numbers[$0] })
                else { continue }
                for number in first.classes.indices {
                    let ours = (SecurityContext(user: 1, role: 1, type: UInt32(source + 1)), SecurityContext(user: 1, role: 1, type: UInt32(target + 1)))
                    let theirs = (SecurityContext(user: 1, role: 1, type: UInt32(other + 1)), SecurityContext(user: 1, role: 1, type: UInt32(another + 1)))
                    // Users may have other numbers: only what no constraint is about is compared here.
                    guard first.classes[number].constraints.isEmpty else { continue }
                    let decisions = (
                        try policies.0.accessDecision(source: ours.0, target: ours.1, objectClass: UInt16(number + 1)),
                        try policies.1.accessDecision(source: theirs.0, target: theirs.1, objectClass: UInt16(number + 1))
                    )
                    self.decisions += 1
                    let isSame = isEqual(decisions.0, decisions.1, number)
                    let label = isSame ? "" : "\(first.types[source]!.name) \(first.types[target]!.name):\(first.classes[number].name)"
                    expect(isSame, label)
                }
            }
        }
    }

    /// Random contexts, as text: access, the context of what is new, and relabelling.
    mutating func compareContexts(_ count: Int, _ random: inout SplitMix64) throws {
        let contexts = contexts(40, &random)
        guard !contexts.isEmpty else { return }
        for _ in 0..<count {
            let values = Dictionary(first.booleans.map { ($0.name.description, random.percent(50)) }, uniquingKeysWith: { $1 })
            let policies = (set(loaded.0, first, values), set(loaded.1, second, values))
            let (source, target, third) = (random.pick(contexts), random.pick(contexts), random.pick(contexts))
            let number = random.below(first.classes.count)
            let decisions = (try decide(policies.0, source, target, third, number), try decide(policies.1, source, target, third, number))
            self.decisions += 1
            let isSame = isEqual(decisions.0.access, decisions.1.access, number) && decisions.0.new == decisions.1.new && decisions.0.may == decisions.1.may
            let label = isSame ? "" : "\(source) \(target) \(first.classes[number].name) \(values): \(decisions)"
            expect(isSame, label)
        }
    }

    private func decide(
        _ policy: LoadedPolicy, _ source: String, _ target: String, _ third: String, _ number: Int
    ) throws -> (access: AccessDecision, new: [String], may: Bool) {
        let contexts = try [source, target, third].map { try policy.context(Array($0.utf8)) }
        let new = try LoadedPolicy.NewContext.allCases.map { purpose in
            String(
                decoding: try policy.text(of: policy.newContext(purpose, source: contexts[0], target: contexts[1], objectClass: UInt16(number + 1))),
                as: UTF8.self)
        }
        return (
            try policy.accessDecision(source: contexts[0], target: contexts[1], objectClass: UInt16(number + 1)), new,
            try policy.allowsTransition(from: contexts[0], to: contexts[1], by: contexts[2], objectClass: UInt16(number + 1))
        )
    }

    /// Bits that the class does not have mean nothing.
    private func isEqual(_ a: AccessDecision, _ b: AccessDecision, _ number: Int) -> Bool {
        let mask = first.classes[number].permissions.reduce(UInt32(0)) { $0 | 1 << ($1.number - 1) }
        return (a.allowed ^ b.allowed) & mask == 0 && (a.auditAllow ^ b.auditAllow) & mask == 0 && (a.auditDeny ^ b.auditDeny) & mask == 0
            && a.isPermissive == b.isPermissive
    }

    private func set(_ loaded: LoadedPolicy, _ policy: Policy, _ values: [String: Bool]) -> LoadedPolicy {
        loaded.setting(policy.booleans.map { values[$0.name.description] ?? $0.value }) ?? loaded
    }

    private func contexts(_ count: Int, _ random: inout SplitMix64) -> [String] {
        var texts: [String] = []
        for _ in 0..<4_000 where texts.count < count {
            let user = UInt32(1 + random.below(first.users.count))
            var context = SecurityContext(
                user: user, role: UInt32(1 + random.below(first.roles.count)), type: UInt32(1 + random.below(first.types.count)))
            guard first.types[Int(context.type) - 1]?.isAttribute == false, let owner = first.users[Int(user) - 1], first.roles[Int(context.role) - 1] != nil
            else { continue }
            if first.isMLS { context.range = random.percent(50) ? owner.range : MLSRange(low: owner.range.low, high: owner.range.low) }
            guard let text = try? loaded.0.text(of: context), (try? loaded.0.context(text)) != nil else { continue }
            texts.append(String(decoding: text, as: UTF8.self))
        }
        return texts
    }
}
