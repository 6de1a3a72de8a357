import Flask
import PolicyAnalysis
import TestSupport

/// An assertion made of chance, and what it says.
struct RandomAssertion {
    /// Names, attributes, `/expressions/`, `*`, `self` and contexts as they are written, and those behind a `-`.
    struct Names {
        var included: [String] = []
        var excluded: [String] = []

        var text: String {
            let all = included + excluded.map { $0.hasPrefix("/") ? "- \($0)" : "-\($0)" }
            return all.count == 1 && excluded.isEmpty ? all[0] : "{ \(all.joined(separator: " ")) }"
        }
    }

    let isAllow: Bool
    let sources: Names
    let targets: Names
    let objectClass: String
    let permissions: [String]
    let exceptions: Names?
    let settings: [(name: String, value: Bool)]
    let isAny: Bool
    let isAboutContexts: Bool
    let text: String

    init(_ policy: RandomXenPolicy, _ random: inout SplitMix64) {
        isAllow = random.percent(50)
        let hasContexts = random.percent(35)
        isAboutContexts = hasContexts
        let contexts = policy.users.flatMap { user in policy.types.map { "\(user):system_r:\($0)" } }
        let types = policy.types + policy.types + policy.attributes + ["/^type[0-2]_t$/", "/[135]/", "/e4/"]
        let known = hasContexts ? contexts : types
        func names(_ others: [String], _ random: inout SplitMix64) -> Names {
            var names = Names(included: random.some(known, 1, 2))
            if !hasContexts, random.percent(8) { names.included = ["*"] }
            for other in others where random.percent(25) { names.included = random.percent(50) ? [other] : names.included + [other] }
            if random.percent(30) { names.excluded = random.some(random.percent(50) ? known + others : names.included, 1, 2) }
            return names
        }
        sources = names([], &random)
        targets = names(isAboutContexts ? [] : ["self"], &random)
        let entry = random.pick(policy.classes)
        objectClass = entry.name
        permissions = random.some(entry.permissions, 1, 2)
        exceptions = !isAllow && random.percent(40) ? names([], &random) : nil
        settings = random.some(policy.booleans, 0, 2).map { ($0, random.percent(50)) }
        let others = random.percent(40) ? (random.percent(50) ? "any" : "first") : ""
        isAny = others.isEmpty ? !isAllow : others == "any"
        let with = settings.map { "\($0.name)=\($0.value ? "on" : "off")" } + (others.isEmpty ? [] : ["\(others) booleans"])
        text = "\(isAllow ? "allow" : "deny") \(sources.text) \(targets.text):\(objectClass) \(Names(included: permissions).text)"
            + (exceptions.map { " except \($0.text)" } ?? "") + (with.isEmpty ? "" : " with " + with.joined(separator: " "))
    }
}

/// Decides assertions by asking about each pair with each value of each boolean.
struct AssertionOracle {
    let policy: Policy
    let loaded: LoadedPolicy
    /// Rules and bounds.
    let bare: LoadedPolicy
    /// Rules alone.
    let rules: LoadedPolicy

    init(_ analysed: AnalysedPolicy) throws {
        policy = analysed.policy
        loaded = try LoadedPolicy(policy)
        var stripped = policy
        for index in stripped.classes.indices { stripped.classes[index].constraints = [] }
        bare = try LoadedPolicy(stripped)
        for index in stripped.types.indices { stripped.types[index]?.bounds = 0 }
        rules = try LoadedPolicy(stripped)
    }

    /// Nil where nothing is named.
    func holds(_ question: RandomAssertion) throws -> Bool? {
        let number = policy.classes.firstIndex { $0.name == Name(question.objectClass) }!
        let entry = policy.classes[number]
        let vector = question.permissions.reduce(UInt32(0)) { vector, name in
            vector | 1 << (entry.permissions.first { $0.name == Name(name) }!.number - 1)
        }
        let asked = question.isAboutContexts ? loaded : question.isAllow ? bare : rules
        let pairs = try pairs(question)
        if pairs.isEmpty { return nil }
        for (source, target) in pairs {
            for values in assignments(question) {
                let decision = try asked.setting(values)!.accessDecision(source: source, target: target, objectClass: UInt16(number + 1))
                // To a permissive source nothing is denied.
                let isDone = decision.allowed & vector != 0 || policy.permissiveTypes.contains(Int(source.type))
                if question.isAllow ? decision.allowed & vector != vector : isDone { return false }
            }
        }
        return true
    }

    private func pairs(_ question: RandomAssertion) throws -> [(SecurityContext, SecurityContext)] {
        let exceptions = question.exceptions ?? RandomAssertion.Names()
        if question.isAboutContexts {
            func contexts(_ names: RandomAssertion.Names) throws -> [SecurityContext] {
                try names.included.filter { !names.excluded.contains($0) }.map { try loaded.context(Array($0.utf8)) }
            }
            let excepted = try contexts(exceptions)
            let targets = try contexts(question.targets)
            return try contexts(question.sources).filter { !excepted.contains($0) }.flatMap { source in targets.map { (source, $0) } }
        }
        let excepted = try types(exceptions, of: nil)
        return try types(question.sources, of: nil).filter { !excepted.contains($0) }.flatMap { source in
            try types(question.targets, of: source).map { (context(source), context($0)) }
        }
    }

    private func context(_ type: Int) -> SecurityContext { SecurityContext(user: 1, role: 2, type: UInt32(type + 1)) }

    /// Type by type: whether a name stands for it, and none of those that take away.
    private func types(_ names: RandomAssertion.Names, of source: Int?) throws -> [Int] {
        try policy.types.indices.filter { index in
            guard policy.types[index]?.isAttribute == false else { return false }
            return try names.included.contains { try stands($0, for: index, source) } && !names.excluded.contains { try stands($0, for: index, source) }
        }
    }

    private func stands(_ name: String, for index: Int, _ source: Int?) throws -> Bool {
        if name == "*" { return true }
        if name == "self" { return index == source }
        guard name.hasPrefix("/") else { return policy.typeAttributes[index].contains { policy.types[$0]?.name.description == name } }
        return try policy.types[index]?.name.description.firstMatch(of: Regex(String(name.dropFirst().dropLast()))) != nil
    }

    private func assignments(_ question: RandomAssertion) -> [[Bool]] {
        let count = policy.booleans.count
        return (0..<(1 << count)).map { set in (0..<count).map { set >> $0 & 1 == 1 } }.filter { values in
            for (index, boolean) in policy.booleans.enumerated() {
                if let setting = question.settings.first(where: { Name($0.name) == boolean.name }) {
                    if values[index] != setting.value { return false }
                } else if !question.isAny, values[index] != boolean.value {
                    return false
                }
            }
            return true
        }
    }
}
