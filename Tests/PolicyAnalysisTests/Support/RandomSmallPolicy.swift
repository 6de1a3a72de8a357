import PolicyAnalysis
import TestSupport

/// A small policy for Xen, at random: few enough of everything that all of it can be tried.
struct RandomSmallPolicy {
    private(set) var text = ""
    private var random: SplitMix64

    static let classes: [(name: String, permissions: [String])] = [
        ("xen", ["kexec", "heap"]), ("domain", ["pause", "create", "transition"]), ("event", ["send", "bind"]),
    ]
    private let types = ["a_t", "b_t", "c_t", "d_t", "e_t"]
    private let attributes = ["one", "two"]
    private let booleans = ["x", "y", "z"]
    private let roles = ["first_r", "second_r"]
    private let users = ["first_u", "second_u"]

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        for (name, _) in Self.classes { line("class \(name)") }
        line("sid xen\nsid dom0")
        for (name, permissions) in Self.classes { line("class \(name) { \(permissions.joined(separator: " ")) }") }
        declare()
        for _ in 0..<8 + random.below(8) { line(rule()) }
        for _ in 0...random.below(3) { condition() }
        authorise()
        for _ in 0..<random.below(4) { constraint() }
        line("sid xen first_u:first_r:a_t\nsid dom0 first_u:first_r:b_t")
    }

    func analysed() throws -> AnalysedPolicy { try AnalysedPolicy(Array(text.utf8), named: "random.conf") }

    private mutating func line(_ text: String) { self.text += text + "\n" }

    private mutating func declare() {
        for name in attributes { line("attribute \(name);") }
        for name in types {
            let those = random.some(attributes, 0, 2)
            line("type \(name)\(those.map { ", " + $0 }.joined());")
        }
        // A type is bounded by one before it, so that there are no circles.
        for place in types.indices.dropFirst() where random.percent(15) {
            line("typebounds \(types[random.below(place)]) \(types[place]);")
        }
        for name in booleans { line("bool \(name) \(random.percent(50));") }
    }

    private mutating func rule() -> String {
        let (name, permissions) = random.pick(Self.classes)
        let target = random.percent(15) ? "self" : random.pick(types + attributes)
        let kind = random.percent(85) ? "allow" : random.pick(["auditallow", "dontaudit"])
        return "\(kind) \(random.pick(types + attributes)) \(target):\(name) { \(random.some(permissions, 1, 3).joined(separator: " ")) };"
    }

    private mutating func condition() {
        let names = random.some(booleans, 1, 3).map { random.percent(30) ? "! " + $0 : $0 }
        line("if (\(names.joined(separator: random.pick([" && ", " || ", " ^ "])))) {")
        for _ in 0...random.below(2) { line("    " + rule()) }
        if random.percent(50) {
            line("} else {")
            for _ in 0...random.below(2) { line("    " + rule()) }
        }
        line("}")
    }

    private mutating func authorise() {
        for role in roles { line("role \(role);") }
        for role in roles { line("role \(role) types { \(random.some(types, 3, 5).joined(separator: " ")) };") }
        line("role first_r types { a_t b_t };")
        for role in roles where random.percent(30) { line("allow \(role) \(random.pick(roles));") }
        line("user first_u roles { \(roles.joined(separator: " ")) };\nuser second_u roles { \(random.pick(roles)) };")
    }

    private mutating func constraint() {
        let (name, permissions) = random.pick(Self.classes)
        func comparison(_ random: inout SplitMix64) -> String {
            let one = [
                "u1 == u2", "r1 == r2", "t1 == t2", "t1 == \(random.pick(types + attributes))", "t2 != \(random.pick(types + attributes))",
                "r2 == \(random.pick(roles))", "u1 == \(random.pick(users))",
            ]
            return random.percent(25) ? "not (\(random.pick(one)))" : random.pick(one)
        }
        var parts: [String] = []
        for _ in 0...random.below(3) { parts.append(comparison(&random)) }
        let joined = parts.count == 3 ? "\(parts[0]) and (\(parts[1]) or \(parts[2]))" : parts.joined(separator: random.pick([" and ", " or "]))
        line("constrain \(name) { \(random.some(permissions, 1, 2).joined(separator: " ")) } (\(joined));")
    }
}
