import Flask
import PolicyAnalysis
import TestSupport

/// A small policy for Xen at random, in which everything can stand against an access: few enough of all that any question is likely to meet it.
struct RandomDenialPolicy {
    static let types = (0..<5).map { "t\($0)_t" }
    static let roles = ["system_r", "vm_r"]
    static let users = ["system_u", "user_1"]
    static let classes: [Vocabulary.ObjectClass] = [
        .init(name: "xen", permissions: ["kexec", "heap"]), .init(name: "domain", permissions: ["create", "pause", "transition"]),
        .init(name: "mmu", permissions: ["map_read", "map_write"]),
    ]
    static let vocabulary = Vocabulary(release: .newest, classes: classes, initialSIDs: ["xen", "dom0", "unlabeled"])

    private(set) var text: String
    let isMLS: Bool

    init(_ random: inout SplitMix64) {
        let isMLS = random.percent(40)
        self.isMLS = isMLS
        let names = Self.types + ["one", "two"]
        func rule(_ random: inout SplitMix64) -> String {
            let entry = random.pick(Self.classes)
            let target = random.percent(15) ? "self" : random.pick(names)
            return "allow \(random.pick(names)) \(target):\(entry.name) { \(random.some(entry.permissions, 1, 3).joined(separator: " ")) };"
        }
        func comparison(_ random: inout SplitMix64) -> String {
            random.pick(["u1 == u2", "r1 == r2", "t1 == t2", "u1 == user_1", "t1 == \(random.pick(names))", "not (t2 == \(random.pick(names)))"])
        }
        var lines = Self.classes.map { "class \($0.name)" } + Self.vocabulary.initialSIDs.map { "sid \($0)" }
        lines += Self.classes.map { "class \($0.name) { \($0.permissions.joined(separator: " ")) }" }
        if isMLS {
            lines += ["sensitivity s0;", "sensitivity s1;", "dominance { s0 s1 }", "category c0;", "level s0:c0;", "level s1:c0;"]
            lines.append("mlsconstrain mmu { map_read map_write } (h1 dom h2 or t1 == t0_t);")
        }
        lines += ["attribute one;", "attribute two;"]
        for type in Self.types { lines.append("type \(type)\(random.some(["one", "two"], 0, 2).map { ", " + $0 }.joined());") }
        if random.percent(40) { lines.append("typebounds t0_t t4_t;") }
        if random.percent(20) { lines.append("permissive \(random.pick(Self.types));") }
        lines += ["x", "y", "z"].map { "bool \($0) \(random.percent(50));" }
        for _ in 0..<4 + random.below(8) { lines.append(rule(&random)) }
        for _ in 0...random.below(4) {
            let parts = random.some(["x", "y", "z"], 1, 3).map { random.percent(30) ? "! \($0)" : $0 }
            lines.append("if (\(parts.joined(separator: random.pick([" && ", " || ", " ^ "])))) {\n\(rule(&random))\n\(rule(&random))\n} else {\n\(rule(&random))\n}")
        }
        lines += Self.roles.map { "role \($0);" } + ["role system_r types { \(Self.types.joined(separator: " ")) };"]
        lines.append("role vm_r types { \(random.some(Self.types, 2, 4).joined(separator: " ")) };")
        if random.percent(40) { lines.append("allow system_r vm_r;") }
        lines += Self.users.map { "user \($0) roles { system_r vm_r }\(isMLS ? " level s0 range s0 - s1:c0" : "");" }
        for _ in 0..<random.below(3) {
            let entry = random.pick(Self.classes)
            let joined = "\(comparison(&random)) \(random.pick(["and", "or"])) \(comparison(&random))"
            lines.append("constrain \(entry.name) { \(random.some(entry.permissions, 1, 2).joined(separator: " ")) } (\(joined));")
        }
        for (place, sid) in Self.vocabulary.initialSIDs.enumerated() { lines.append("sid \(sid) system_u:system_r:t\(place)_t\(isMLS ? ":s0" : "")") }
        text = lines.joined(separator: "\n") + "\n"
    }

    func analysed() throws -> AnalysedPolicy { try AnalysedPolicy(Array(text.utf8), named: "random.conf") }

    /// A context, mostly a valid one.
    func context(_ random: inout SplitMix64) -> String {
        let level = isMLS ? ":" + random.pick(["s0", "s1", "s0-s1:c0", "s1:c0"]) : ""
        return "\(random.pick(Self.users)):\(random.percent(70) ? "system_r" : "vm_r"):\(random.pick(Self.types))\(level)"
    }

    /// A decision that a hypervisor might tell of.
    func record(_ random: inout SplitMix64) -> AuditRecord {
        let entry = random.pick(Self.classes)
        return AuditRecord(
            verdict: random.percent(80) ? .denied : .granted, permissions: random.some(entry.permissions, 1, 2).map { Name($0) },
            source: .text(Array(context(&random).utf8)), target: .text(Array(context(&random).utf8)), objectClass: Name(entry.name))
    }
}
