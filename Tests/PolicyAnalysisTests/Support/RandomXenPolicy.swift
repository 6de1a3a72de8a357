import PolicyAnalysis
import TestSupport

/// A small policy for Xen, made of chance: attributes, booleans, conditions, transitions, constraints, bounds, permissive types, device contexts.
struct RandomXenPolicy {
    let types = (0..<6).map { "type\($0)_t" }
    let attributes = ["some_type", "few_type", "many_type"]
    let booleans = ["red", "green", "blue"]
    let classes: [(name: String, permissions: [String])] = [
        ("xen", ["kexec", "heap", "settime"]), ("domain", ["create", "pause", "transition"]), ("resource", ["use", "add"]),
    ]
    let roles = ["system_r", "vm_r"]
    let users = ["system_u", "user_1"]
    private(set) var text = ""
    private var random: SplitMix64

    /// Permissive types are left to chance where nobody says.
    init(seed: UInt64, isMLS: Bool = false, hasPermissiveTypes: Bool? = nil) {
        random = SplitMix64(seed: seed)
        var lines = classes.map { "class \($0.name)" } + ["sid xen", "sid dom0", "sid domU"]
        lines += classes.map { "class \($0.name) { \($0.permissions.joined(separator: " ")) }" }
        if isMLS {
            lines += ["sensitivity s0;", "sensitivity s1;", "dominance { s0 s1 }", "category c0;", "category c1;", "category c2;"]
            lines += ["level s0:c0.c2;", "level s1:c0.c2;", "mlsconstrain domain { pause } (h1 dom h2 or t1 == type0_t);"]
            lines += ["mlsconstrain xen { heap } (l1 eq l2 and h1 domby h2);"]
        }
        lines += attributes.map { "attribute \($0);" }
        for type in types {
            let some = random.some(attributes, 0, 2)
            lines.append("type \(type)\(some.map { ", " + $0 }.joined());")
        }
        if random.percent(40) { lines.append("typebounds type0_t type5_t;") }
        if hasPermissiveTypes ?? random.percent(25) { lines += random.some(types, 1, 2).map { "permissive \($0);" } }
        lines += booleans.map { "bool \($0) \(random.percent(50));" }
        for _ in 0..<(3 + random.below(10)) { lines.append(rule()) }
        for _ in 0..<random.below(4) {
            lines.append("if (\(condition(2))) {")
            for _ in 0...random.below(3) { lines.append("  " + rule()) }
            if random.percent(50) {
                lines.append("} else {")
                lines.append("  " + rule())
            }
            lines.append("}")
        }
        var seen: Set<String> = []
        for _ in 0..<random.below(4) {
            let key = "\(random.pick(types)) \(random.pick(types)):\(random.pick(classes).name)"
            if seen.insert(key).inserted { lines.append("type_transition \(key) \(random.pick(types));") }
        }
        lines += roles.map { "role \($0);" }
        lines.append("role system_r types { \(types.joined(separator: " ")) };")
        lines.append("role vm_r types { \(random.some(types, 1, 4).joined(separator: " ")) };")
        if random.percent(50) { lines.append("allow system_r vm_r;") }
        lines += users.map { "user \($0) roles { system_r vm_r }\(isMLS ? " level s0 range s0 - s1:c0.c2" : "");" }
        for _ in 0..<random.below(3) {
            let entry = random.pick(classes)
            lines.append("constrain \(entry.name) { \(random.some(entry.permissions, 1, 2).joined(separator: " ")) } (\(comparison()) or \(comparison()));")
        }
        if random.percent(50) { lines.append("validatetrans domain (\(comparison()));") }
        let level = isMLS ? ":s0" : ""
        for sid in ["xen", "dom0", "domU"] { lines.append("sid \(sid) system_u:system_r:\(random.pick(types))\(level)") }
        let context = "system_u:object_r:\(random.pick(types))\(level)"
        if random.percent(50) { lines.append("pirqcon \(random.below(99)) \(context)") }
        if random.percent(50) { lines.append("iomemcon 0x\(String(random.below(4_000), radix: 16))-0x1000 \(context)") }
        if random.percent(50) { lines.append("ioportcon 0x100-0x\(String(0x100 + random.below(900), radix: 16)) \(context)") }
        if random.percent(50) { lines.append("pcidevicecon 0x\(String(random.below(4_000), radix: 16)) \(context)") }
        if random.percent(50) { lines.append("devicetreecon \"/soc/\(random.below(9))\" \(context)") }
        text = lines.joined(separator: "\n") + "\n"
    }

    func analysed() throws -> AnalysedPolicy { try AnalysedPolicy(Array(text.utf8), named: "random.conf") }

    private mutating func rule() -> String {
        let entry = random.pick(classes)
        let names = types + attributes
        let keyword = random.pick(["allow", "allow", "allow", "auditallow", "dontaudit"])
        let target = random.percent(20) ? "self" : random.pick(names)
        return "\(keyword) \(random.pick(names)) \(target):\(entry.name) { \(random.some(entry.permissions, 1, 3).joined(separator: " ")) };"
    }

    private mutating func condition(_ depth: Int) -> String {
        if depth == 0 || random.percent(30) { return random.percent(30) ? "! \(random.pick(booleans))" : random.pick(booleans) }
        return "(\(condition(depth - 1)) \(random.pick(["&&", "||", "^"])) \(condition(depth - 1)))"
    }

    private mutating func comparison() -> String {
        random.pick([
            "u1 == u2", "r1 == r2", "t1 == t2", "u1 == user_1", "r2 != vm_r", "t1 == \(random.pick(types))", "t2 == { \(random.pick(attributes)) \(random.pick(types)) }",
        ])
    }
}
