import Flask

/// Which types and attributes a policy says something about; all by index.
struct TypeMentions {
    /// By any rule, transition, constraint, context or bound: themselves, not through an attribute.
    private(set) var mentioned: [Bool]
    /// By access vectors.
    private(set) var hasAccess: [Bool]

    init(_ policy: Policy) {
        mentioned = [Bool](repeating: false, count: policy.types.count)
        hasAccess = mentioned
        func mention(_ number: some BinaryInteger) {
            let index = Int(number) - 1
            if mentioned.indices.contains(index) { mentioned[index] = true }
        }
        func mention(_ rules: [Rule]) {
            for rule in rules {
                mention(rule.source)
                mention(rule.target)
                if rule.kind.isType { mention(rule.data) }
                guard rule.kind == .allow, rule.data != 0 else { continue }
                for index in [Int(rule.source) - 1, Int(rule.target) - 1] where hasAccess.indices.contains(index) { hasAccess[index] = true }
            }
        }
        mention(policy.rules.rules)
        for conditional in policy.conditionals { mention(conditional.whenTrue + conditional.whenFalse) }
        for transition in policy.filenameTransitions {
            mention(transition.target)
            for result in transition.results {
                mention(result.type)
                for index in result.sources { mention(index + 1) }
            }
        }
        for transition in policy.rangeTransitions {
            mention(transition.source)
            mention(transition.target)
        }
        for transition in policy.roleTransitions { mention(transition.type) }
        for number in policy.permissiveTypes { mention(number) }
        for (index, entry) in policy.types.enumerated() where (entry?.bounds ?? 0) != 0 {
            mention(index + 1)
            mention(entry?.bounds ?? 0)
        }
        for term in policy.classes.lazy.flatMap({ $0.constraints + $0.validateTransitions }).flatMap(\.expression)
        where term.kind == .names && term.attribute.contains(.type) {
            // Newer images keep the attributes that the author named.
            for index in term.typeSet.included.isEmpty ? term.names : term.typeSet.included { mention(index + 1) }
        }
        for context in Self.contexts(policy) { mention(context.type) }
    }

    private static func contexts(_ policy: Policy) -> [SecurityContext] {
        let devices = policy.deviceContexts
        let network = policy.networkContexts
        var contexts = policy.initialContexts.map(\.context) + devices.interrupts.map(\.context) + devices.ioPorts.map(\.context)
        contexts += devices.ioMemory.map(\.context) + devices.pciDevices.map(\.context) + devices.deviceTreeNodes.map(\.context)
        contexts += (network.filesystems + network.interfaces).flatMap { [$0.first, $0.second] } + network.ports.map(\.context)
        contexts += (network.nodes + network.nodes6).map(\.context) + network.filesystemUses.map(\.context)
        contexts += network.partitionKeys.map(\.context) + network.endPorts.map(\.context)
        contexts += policy.genfsContexts.flatMap { $0.entries.map(\.context) }
        return contexts
    }

    /// Whether something is said about a type, by itself or by an attribute.
    func isMentioned(_ type: Int, _ policy: Policy) -> Bool { isAny(mentioned, type, policy) }

    func hasAccess(_ type: Int, _ policy: Policy) -> Bool { isAny(hasAccess, type, policy) }

    private func isAny(_ marks: [Bool], _ type: Int, _ policy: Policy) -> Bool {
        guard marks.indices.contains(type) else { return false }
        guard policy.typeAttributes.indices.contains(type) else { return marks[type] }
        return marks[type] || policy.typeAttributes[type].contains { marks.indices.contains($0) && marks[$0] }
    }
}
