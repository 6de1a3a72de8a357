import Flask
import PolicyAnalysis
import PolicyCompiler

/// Our answers in the form that `Tests/Setools/answers` gives to those of setools.
struct PeerForm {
    let analysed: AnalysedPolicy
    private let names: PolicyNames

    init(_ analysed: AnalysedPolicy) {
        self.analysed = analysed
        names = PolicyNames(analysed.policy)
    }

    func text(_ found: FoundStatement) -> String {
        switch found.statement {
        case .rule(let rule): text(rule) + condition(found)
        case .filenameTransition(let transition, let source, let type):
            "type_transition \(names.type(source)) \(names.type(transition.target)) \(names.objectClass(transition.objectClass)) \(names.type(type)) \(transition.name)"
        case .rangeTransition(let transition):
            "range_transition \(names.type(transition.source)) \(names.type(transition.target)) \(names.objectClass(transition.objectClass))"
        case .roleAllow(let allow): "role_allow \(names.role(allow.role)) \(names.role(allow.newRole))"
        case .roleTransition(let transition):
            "role_transition \(names.role(transition.role)) \(names.type(transition.type)) \(names.objectClass(transition.objectClass)) \(names.role(transition.newRole))"
        case .constraint(let constraint, let objectClass, _): text(constraint, objectClass)
        default: ""
        }
    }

    private func text(_ rule: Rule) -> String {
        let start = "\(found(rule)) \(names.type(rule.source)) \(names.type(rule.target)) \(names.objectClass(rule.objectClass)) "
        if rule.kind.isType { return start + names.type(rule.data).description }
        guard rule.kind.isExtended else {
            return start + sorted(names.permissions(rule.kind == .auditDeny ? ~rule.data : rule.data, ofClass: rule.objectClass))
        }
        let extended = analysed.policy.rules.extendedPermissions[Int(rule.data)]
        var numbers: [Int] = []
        for number in 0..<256 where extended.words[number / 32] & 1 << UInt32(number % 32) != 0 {
            switch extended.kind {
            case .ioctlDriver: numbers += (number << 8)...(number << 8 | 0xff)
            default: numbers.append(Int(extended.driver) << 8 | number)
            }
        }
        return start + (extended.kind == .netlinkMessage ? "nlmsg " : "ioctl ") + numbers.map(String.init).joined(separator: " ")
    }

    private func found(_ rule: Rule) -> String { StatementWriter.word(rule.kind) }

    private func sorted(_ texts: [PolicyText]) -> String {
        texts.map { String(decoding: $0.bytes, as: UTF8.self) }.sorted().joined(separator: " ")
    }

    private func condition(_ found: FoundStatement) -> String {
        guard let condition = found.condition else { return "" }
        let expression = analysed.policy.conditionals[condition.place].expression
        let booleans = Set(expression.filter { $0.operation == .boolean }.map { analysed.policy.booleans[Int($0.boolean) - 1].name.description })
        return " if \(booleans.sorted().joined(separator: " ")) \(condition.branch ? "True" : "False") \(condition.isEnabled ? "True" : "False")"
    }

    private func text(_ constraint: Constraint, _ objectClass: Int) -> String {
        // setools tells them apart by what they compare, even where the policy has no MLS.
        let isMLS = constraint.expression.contains { $0.attribute.rawValue >= Constraint.Attribute.lowLow.rawValue }
        let word = (isMLS ? "mls" : "") + (constraint.permissions == 0 ? "validatetrans" : "constrain")
        return "\(word) \(names.objectClass(objectClass)) \(sorted(names.permissions(constraint.permissions, ofClass: objectClass)))"
    }

    // MARK: Inventory

    func inventory() throws -> [String] {
        var found: [String] = []
        for entry in try analysed.inventory(of: .types) { found.append("type \(entry.name) \(list(entry, "attributes")) alias \(list(entry, "aliases"))") }
        found += try analysed.inventory(of: .permissive).map { "permissive \($0.name)" }
        found += try analysed.inventory(of: .attributes).map { "attribute \($0.name) \(list($0, "types"))" }
        found += try analysed.inventory(of: .classes).map { "class \($0.name) \(list($0, "permissions"))" }
        found += try analysed.inventory(of: .commons).map { "common \($0.name) \(list($0, "permissions"))" }
        found += try analysed.inventory(of: .roles).filter { $0.name != "object_r" }.map { "role \($0.name) \(list($0, "types"))" }
        found += try analysed.inventory(of: .users).map { "user \($0.name) \(list($0, "roles"))" }
        found += try analysed.inventory(of: .booleans).map { "bool \($0.name) \(list($0, "value") == "true" ? "True" : "False")" }
        found += try analysed.inventory(of: .sensitivities).map { "sensitivity \($0.name)" }
        found += try analysed.inventory(of: .categories).map { "category \($0.name)" }
        found += try analysed.inventory(of: .capabilities).map { "policycap \($0.name)" }
        var constraints = SearchQuestion()
        constraints.kinds = [.constrain, .validateTransition]
        found += try analysed.search(constraints).map(text)
        found += try analysed.inventory(of: .bounds).map { "typebounds \(list($0, "bounds")) \($0.name)" }
        found += try analysed.inventory(of: .defaults).map { "\(words($0)[0]) \($0.name)" }
        switch analysed.policy.target {
        case .xen:
            for kind in [InventoryKind.interrupts, .ioPorts, .ioMemory, .pciDevices, .deviceTreeNodes] {
                found += try analysed.inventory(of: kind).map { "\(words($0)[0]) \($0.name) \(context($0))" }
            }
        case .selinux:
            found += try analysed.inventory(of: .filesystemUses).map { "fs_use \($0.name) \(context($0))" }
            found += try analysed.inventory(of: .genfsContexts).map { "genfscon \($0.name) \(context($0))" }
            found += try analysed.inventory(of: .interfaces).map { "netifcon \($0.name) \(context($0))" }
            found += try analysed.inventory(of: .nodes).map { "nodecon \(context($0))" }
            found += try analysed.inventory(of: .ports).map { entry in
                let numbers = words(entry)[2].split(separator: "-")
                return "portcon \(numbers[0]) \(numbers[numbers.count - 1]) \(words(entry)[1]) \(context(entry))"
            }
        }
        let summary = analysed.summary()
        for (what, theirs) in [("permissions", "permission"), ("conditions", "conditional")] + Self.rules.map({ ($0, $0) }) {
            found.append("count \(theirs) \(summary.counts.first { $0.what == what }?.count ?? -1)")
        }
        let unknown = switch summary.handleUnknown { case .deny: "deny"; case .reject: "reject"; case .allow: "allow" }
        found.append("version \(summary.version) mls \(summary.isMLS ? "True" : "False") \(summary.target == .xen ? "xen" : "selinux") \(unknown)")
        return found.sorted()
    }

    private static let rules = [
        "allow", "auditallow", "dontaudit", "allowxperm", "auditallowxperm", "dontauditxperm", "type_transition", "type_member",
        "type_change", "range_transition", "role_allow", "role_transition",
    ]

    private func list(_ entry: InventoryEntry, _ what: String) -> String {
        entry.members.filter { $0.what == what }.flatMap(\.names).map(\.description).sorted().joined(separator: " ")
    }

    private func words(_ entry: InventoryEntry) -> [Substring] { String(decoding: entry.text, as: UTF8.self).split(separator: " ") }

    /// Without levels.
    private func context(_ entry: InventoryEntry) -> String {
        list(entry, "context").split(separator: ":").prefix(3).joined(separator: ":")
    }
}
