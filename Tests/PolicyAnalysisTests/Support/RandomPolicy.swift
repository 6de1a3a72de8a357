import PolicyAnalysis
import TestSupport

/// A small policy for Xen at random, as statements that can be shuffled and changed.
struct RandomPolicy {
    static let types = (0..<5).map { "t\($0)_t" }
    static let attributes = ["a0", "a1", "a2"]
    static let permissions = ["p0", "p1", "p2", "p3"]
    static let classes = ["object", "domain"]

    /// What a random policy may hold.
    struct Features {
        /// Conditions whose rules meet others, in any expression; otherwise each is about one boolean and permissions of its own,
        /// and stands in a true branch only, which is the form in which setools tells the same.
        var overlaps = true
        var constraints = false
        var roles = false
        var booleanCount = 2
    }

    let features: Features
    var booleans: [Bool]
    /// By type the attributes that it has.
    var typeAttributes: [[String]]
    var rules: [String] = []
    var conditionals: [(expression: String, whenTrue: [String], whenFalse: [String])] = []
    var typeRules: [String] = []
    var roleTypes: [[String]]
    var userRoles: [[String]]
    var roleAllows: [String] = []
    var constraints: [String] = []
    var permissive: [String] = []

    init(_ features: Features, _ random: inout SplitMix64) {
        self.features = features
        booleans = (0..<features.booleanCount).map { _ in random.percent(50) }
        typeAttributes = Self.types.map { _ in random.some(Self.attributes, 0, 2) }
        roleTypes = [Self.types, features.roles ? random.some(Self.types, 1, 3) : []]
        userRoles = [["first_r", "second_r"], features.roles ? random.some(["first_r", "second_r"], 1, 2) : ["first_r"]]
        for _ in 0..<4 + random.below(8) { rules.append(rule(&random)) }
        for _ in 0..<random.below(3) { addConditional(&random) }
        for _ in 0..<random.below(3) { addTypeRule(&random) }
        if features.roles {
            for _ in 0..<random.below(3) { addOther(&random) }
        }
        if features.constraints { for _ in 0..<random.below(3) { constraints.append(constraint(&random)) } }
    }

    /// The same with some changes.
    func changed(_ random: inout SplitMix64, onlyLess: Bool = false) -> RandomPolicy {
        var result = self
        for _ in 0...random.below(3) {
            switch random.below(onlyLess ? 7 : 12) {
            case 0, 1: if result.rules.count > 1 { result.rules.remove(at: random.below(result.rules.count)) }
            case 2: if !result.conditionals.isEmpty { result.conditionals.remove(at: random.below(result.conditionals.count)) }
            case 3:
                let type = random.below(Self.types.count)
                if !result.typeAttributes[type].isEmpty { result.typeAttributes[type].removeLast() }
            case 4: if !result.roleAllows.isEmpty { result.roleAllows.removeLast() }
            case 5: if features.constraints { result.constraints.append(constraint(&random)) }
            case 6: if !result.permissive.isEmpty { result.permissive.removeLast() }
            case 7: result.rules.append(rule(&random))
            case 8: result.addConditional(&random)
            case 9:
                let type = random.below(Self.types.count)
                result.typeAttributes[type] = random.some(Self.attributes, 0, 3)
            case 10: if features.roles { result.addOther(&random) } else { result.booleans = result.booleans.map { !$0 } }
            default:
                if !result.constraints.isEmpty {
                    result.constraints.remove(at: random.below(result.constraints.count))
                } else {
                    result.addTypeRule(&random)
                }
            }
        }
        return result
    }

    // MARK: Statements

    private func rule(_ random: inout SplitMix64, permissions: [String] = permissions) -> String {
        let kind = random.percent(70) ? "allow" : random.pick(["auditallow", "dontaudit"])
        let source = random.pick(Self.types + Self.attributes)
        let target = random.pick(Self.types + Self.attributes + ["self"])
        var wanted = random.some(permissions, 1, 2)
        let objectClass = random.pick(Self.classes)
        if features.roles, objectClass == "domain", permissions == Self.permissions, random.percent(40) {
            wanted.append("transition")
        }
        return "\(kind) \(source) \(target):\(objectClass) { \(wanted.joined(separator: " ")) };"
    }

    private mutating func addConditional(_ random: inout SplitMix64) {
        guard features.overlaps else {
            let boolean = random.below(features.booleanCount)
            guard !conditionals.contains(where: { $0.expression.hasSuffix("b\(boolean)") }) else { return }
            let rules = (0...random.below(2)).map { _ in rule(&random, permissions: ["q\(boolean)"]) }
            conditionals.append((random.pick(["", "! "]) + "b\(boolean)", rules, []))
            if random.percent(30) { self.rules.append(rule(&random, permissions: ["q\(boolean)"])) }
            return
        }
        let names = booleans.indices.map { "b\($0)" }
        let expression = random.pick([
            "\(random.pick(names))", "! \(random.pick(names))", "\(random.pick(names)) && \(random.pick(names))",
            "\(random.pick(names)) || ! \(random.pick(names))", "\(random.pick(names)) ^ \(random.pick(names))",
            "\(random.pick(names)) == \(random.pick(names))", "\(random.pick(names)) != \(random.pick(names))",
        ])
        let branches = (0..<2).map { _ in (0...random.below(2)).map { _ in rule(&random) } }
        conditionals.append((expression, branches[0], branches[1]))
    }

    private mutating func addTypeRule(_ random: inout SplitMix64) {
        let key = "type_transition \(random.pick(Self.types)) \(random.pick(Self.types)):object "
        guard !typeRules.contains(where: { $0.hasPrefix(key) }) else { return }
        typeRules.append("\(key)\(random.pick(Self.types));")
    }

    private mutating func addOther(_ random: inout SplitMix64) {
        switch random.below(3) {
        case 0:
            let allow = random.pick(["allow first_r second_r;", "allow second_r first_r;"])
            if !roleAllows.contains(allow) { roleAllows.append(allow) }
        case 1: permissive = [random.pick(Self.types)]
        default: roleTypes[1] = random.some(Self.types, 1, 4)
        }
    }

    private func constraint(_ random: inout SplitMix64) -> String {
        let permission = random.pick(Self.permissions)
        let parts = [
            "u1 == u2", "r1 == r2", "t1 == \(random.pick(Self.types))", "t2 == a0", "u1 == first_u", "r2 == second_r", "t1 != t2",
            "u2 != u1",
        ]
        let expression =
            random.percent(50) ? random.pick(parts) : "\(random.pick(parts)) \(random.pick(["or", "and"])) \(random.pick(parts))"
        let whole = random.percent(20) ? "not (\(expression))" : expression
        return "constrain \(random.pick(Self.classes)) { \(permission) } (\(whole));"
    }

    /// The policy.conf. With `shuffling` statements that may stand in any order do.
    func text(shuffling random: inout SplitMix64) -> String { text { $0.shuffled(using: &random) } }

    func text() -> String { text { $0 } }

    private func text(_ order: ([String]) -> [String]) -> String {
        let vectors = "{ \((Self.permissions + ["q0", "q1", "q2"]).joined(separator: " "))"
        var lines = [
            "class object", "class domain", "sid kernel", "class object \(vectors) }", "class domain \(vectors) transition }",
        ]
        lines += order(Self.attributes.map { "attribute \($0);" })
        lines += order(zip(Self.types, typeAttributes).map { "type \($0)\($1.map { ", " + $0 }.joined());" })
        lines += order(permissive.map { "permissive \($0);" })
        lines += order(booleans.enumerated().map { "bool b\($0) \($1);" })
        lines += order(rules)
        lines += order(
            conditionals.map { entry in
                let other = entry.whenFalse.isEmpty ? "" : " else { \(entry.whenFalse.joined(separator: " ")) }"
                return "if (\(entry.expression)) { \(entry.whenTrue.joined(separator: " ")) }\(other)"
            })
        lines += order(typeRules)
        lines += ["role first_r;", "role second_r;"]
        lines += order(
            roleTypes.enumerated().filter { !$1.isEmpty }.map {
                "role \($0 == 0 ? "first_r" : "second_r") types { \($1.joined(separator: " ")) };"
            })
        lines += order(roleAllows)
        lines += order(
            userRoles.enumerated().map { "user \($0 == 0 ? "first_u" : "second_u") roles { \($1.joined(separator: " ")) };" })
        lines += order(constraints)
        lines += ["sid kernel first_u:first_r:t0_t", ""]
        return lines.joined(separator: "\n")
    }

    func analysed() throws -> AnalysedPolicy { try AnalysedPolicy(Array(text().utf8), named: "random.conf") }
}
