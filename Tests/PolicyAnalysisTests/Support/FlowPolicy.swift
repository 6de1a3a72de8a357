import Diagnostics
import Flask
import Foundation
import PolicyAnalysis
import TestSupport

/// Small random policies about which everything can be found out by trying all contexts.
struct FlowPolicy {
    let analysed: AnalysedPolicy
    /// Names of all types, attributes not among them.
    let types: [String]

    struct Shape {
        var types = 6
        var isMLS = false
        var hasConstraints = true
        var hasConditions = true
        var hasViews = true
        var hasBounds = true
        var hasPermissive = true
    }

    /// What the permissions of ``text(_:_:)`` mean; `quirk` is in no table.
    static let table = """
        # a table
        domain transition write 10
        domain look read 3
        thing get read 10
        thing put write 5
        thing swap both 7   # both ways
        thing tell write 9 read 2
        * hold none

        """

    /// Compiles one; bounds are set behind the compiler's back, who would find them broken.
    init(_ shape: Shape, _ random: inout SplitMix64, target: Policy.Target = .xen) throws {
        let compiled = try Self.compiled(Self.text(shape, &random), target)
        if shape.hasBounds {
            var policy = compiled.policy
            let numbers = policy.types.indices.filter { policy.types[$0]?.isAttribute == false }
            for _ in 0..<random.below(3) {
                let (child, parent) = (random.pick(numbers), random.pick(numbers))
                if child > parent { policy.types[child]?.bounds = UInt32(parent + 1) }
            }
            analysed = AnalysedPolicy(policy)
        } else {
            analysed = compiled
        }
        types = (0..<shape.types).map { "t\($0)_t" }
    }

    private static func compiled(_ text: String, _ target: Policy.Target) throws -> AnalysedPolicy {
        var options = InputOptions()
        options.target = target
        if target == .selinux { options.version = 33 }
        do {
            return try AnalysedPolicy(Array(text.utf8), named: "random.conf", options: options)
        } catch {
            guard case .source(let diagnostics, _) = error else { throw error }
            throw Failure(description: "\(diagnostics.map(\.message)) in\n\(text)")
        }
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    // MARK: Text

    private static let permissions = [("domain", ["transition", "look", "hold"]), ("thing", ["get", "put", "swap", "tell", "hold", "quirk"])]

    static func text(_ shape: Shape, _ random: inout SplitMix64) -> String {
        let types = (0..<shape.types).map { "t\($0)_t" }
        let attributes = ["a0", "a1"]
        var lines = ["class domain", "class thing", "sid xen", "class domain { transition look hold }", "class thing { get put swap tell hold quirk }"]
        if shape.isMLS {
            lines += ["sensitivity s0;", "sensitivity s1;", "dominance { s0 s1 }", "category c0;", "category c1;"]
            lines += ["level s0:c0;", "level s1:\(random.percent(70) ? "c0," : "")c1;"]
        }
        let count = shape.hasConstraints ? (shape.isMLS ? 4 : 1 + random.below(3)) : 0
        let constraints = (0..<count).map { _ in constraint(types + attributes, shape.isMLS, &random) }
        lines += constraints.filter { $0.hasPrefix("mls") }
        // Without one a policy with levels is none.
        if shape.isMLS { lines.append("mlsconstrain thing { hold } (l1 eq h1 or t1 == t0_t);") }
        lines += attributes.map { "attribute \($0);" }
        for type in types { lines.append("type \(([type] + random.some(attributes, 0, 2)).joined(separator: ", "));") }
        if shape.hasPermissive, random.percent(12) { lines.append("permissive \(random.pick(types));") }
        lines += ["bool b0 \(random.percent(50));", "bool b1 \(random.percent(50));"]
        func rule() -> String {
            let (objectClass, all) = random.pick(permissions)
            let target = random.percent(10) ? "self" : random.pick(types + attributes)
            let given = random.some(all, 1, 2).joined(separator: " ")
            return "allow \(random.pick(types + types + attributes)) \(target):\(objectClass) { \(given) };"
        }
        for _ in 0..<(2 + random.below(shape.types * 2)) { lines.append(rule()) }
        if shape.hasConditions {
            for condition in ["b0", "! b1", "b0 && b1"] where random.percent(60) {
                lines.append("if (\(condition)) { \(rule()) } else { \(rule()) }")
            }
        }
        if shape.hasViews {
            var seen: Set<String> = []
            for _ in 0..<random.below(4) {
                let pair = "\(random.pick(types)) \(random.pick(types))"
                if seen.insert(pair).inserted { lines.append("type_transition \(pair):domain \(random.pick(types));") }
            }
        }
        let roles = ["a_r", "b_r"]
        lines += roles.map { "role \($0);" }
        for role in roles { lines.append("role \(role) types { \(random.some(types, 1, types.count).joined(separator: " ")) };") }
        if random.percent(50) { lines.append("allow a_r b_r;") }
        for (index, user) in ["a_u", "b_u"].enumerated() {
            var line = "user \(user) roles { \(random.some(roles, 1, 2).joined(separator: " ")) }"
            if shape.isMLS { line += index == 0 ? " level s0 range s0 - s1\(random.percent(50) ? ":c1" : "")" : " level s0 range s0 - s0\(random.percent(50) ? ":c0" : "")" }
            lines.append(line + ";")
        }
        lines += constraints.filter { $0.hasPrefix("constrain") }
        lines.append("sid xen a_u:object_r:t0_t\(shape.isMLS ? ":s0" : "")")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func constraint(_ types: [String], _ isMLS: Bool, _ random: inout SplitMix64) -> String {
        let (objectClass, all) = random.pick(permissions)
        let usesLevels = isMLS
        func term() -> String {
            if usesLevels, random.percent(90) {
                let levels = random.pick([("l1", "l2"), ("l1", "h2"), ("h1", "l2"), ("h1", "h2"), ("l1", "h1"), ("l2", "h2")])
                return "\(levels.0) \(random.pick(["eq", "dom", "domby", "incomp", "!="])) \(levels.1)"
            }
            let side = random.pick(["1", "2"])
            // What stands before users and roles cannot name them.
            return switch usesLevels ? random.pick([0, 1, 4, 5]) : random.below(6) {
            case 0: "u1 \(random.pick(["==", "!="])) u2"
            case 1: "r1 \(random.pick(["==", "!="])) r2"
            case 2: "u\(side) == \(random.pick(["a_u", "b_u"]))"
            case 3: "r\(side) \(random.pick(["==", "!="])) \(random.pick(["a_r", "b_r", "object_r"]))"
            case 4: "t\(side) == \(random.pick(types))"
            default: "t1 \(random.pick(["==", "!="])) t2"
            }
        }
        var expression = term()
        for _ in 0..<(usesLevels ? 1 + random.below(4) : random.below(3)) {
            let next = random.percent(20) ? "not (\(term()))" : term()
            expression = "(\(expression)) \(random.pick(usesLevels ? ["and", "and", "and", "or"] : ["and", "or"])) \(next)"
        }
        return "\(usesLevels ? "mlsconstrain" : "constrain") \(objectClass) { \(random.some(all, 1, all.count).joined(separator: " ")) } (\(expression));"
    }
}
