public import Flask

/// Writes the policy.conf of a policy: a source that compiles to the same policy again.
///
/// Statements come in an order that makes a binary of it that of the source which `checkpolicy -b -F` writes (libsepol,
/// src/kernel_to_conf.c). Where that source would lose something, or not compile, ours differs: initial SIDs keep
/// their numbers when some have no context, constraints of versions before 29 keep their types, `fscon` is kept, rules
/// without permissions are left out, and an MLS policy without constraints on levels gets one that is always met,
/// because the language wants one.
///
/// What an image does not hold does not come back: neverallow rules, the attributes of roles, the dominance of roles,
/// bounds of roles and users, and the requirements and branches of optional blocks.
public struct PolicyConfPrinter {
    let policy: Policy
    let names: PolicyNames
    let sids: InitialSIDNames
    let layout: ImageLayout
    let expressions: ExpressionWriter
    var lines = PolicyLines()

    /// The text of a policy, for a checkpolicy of the given layout.
    public static func text(of policy: Policy, layout: ImageLayout) throws(DecompilationError) -> [UInt8] {
        var policy = policy
        policy.sortContexts()
        var printer = PolicyConfPrinter(policy, layout)
        try printer.write()
        return printer.lines.bytes
    }

    private init(_ policy: Policy, _ layout: ImageLayout) {
        self.policy = policy
        self.layout = layout
        names = PolicyNames(policy)
        sids = InitialSIDNames(policy)
        expressions = ExpressionWriter(names: names, isPrefix: false)
    }

    private mutating func write() throws(DecompilationError) {
        try names.checkNames()
        let constraints = constraintLines { $0.constraints }
        var transitions = constraintLines { $0.validateTransitions }
        if policy.isMLS, constraints.mls.isEmpty, transitions.mls.isEmpty, let first = policy.classes.first {
            // The language wants a constraint behind the levels, where users cannot be named yet.
            let met: PolicyText = "validatetrans \(first.name) (u1 == u2 or u1 != u2);"
            transitions.other.removeAll { $0 == met }
            transitions.mls = ["mls\(met)"]
        }
        printClasses()
        printDefaults()
        if policy.isMLS { printLevels() }
        lines.append(sorted: constraints.mls)
        lines.append(sorted: transitions.mls)
        lines.append(sorted: try names.capabilities().map { "policycap \($0);" })
        printTypes()
        printRules()
        printRolesAndUsers()
        lines.append(sorted: constraints.other)
        lines.append(sorted: transitions.other)
        try printContexts()
    }

    // MARK: Classes

    private mutating func printClasses() {
        let action =
            switch policy.handleUnknown {
            case .deny: "deny"
            case .reject: "reject"
            case .allow: "allow"
            }
        lines.append("# handle_unknown \(action)")
        for entry in policy.classes { lines.append("class \(entry.name)") }
        for name in sids.names { lines.append("sid \(name)") }
        // Commons are numbered in the order in which they come.
        var seen: Set<UInt32> = []
        for entry in policy.classes where entry.common != 0 && seen.insert(entry.common).inserted {
            let common = policy.commons[Int(entry.common) - 1]
            lines.append("common \(common.name) { \(list(common.permissions)) }")
        }
        for entry in policy.classes {
            var line: PolicyText = "class \(entry.name)"
            if entry.common != 0 { line = "\(line) inherits \(policy.commons[Int(entry.common) - 1].name)" }
            if !entry.permissions.isEmpty { line = "\(line) { \(list(entry.permissions)) }" }
            if entry.common != 0 || !entry.permissions.isEmpty { lines.append(line) }
        }
    }

    private func list(_ permissions: [PermissionTable.Permission]) -> PolicyText {
        permissions.map { PolicyText($0.name) }.joined(" ")
    }

    private mutating func printDefaults() {
        let sides = ["", "source", "target"]
        for entry in policy.classes where (1...2).contains(entry.defaults.user) {
            lines.append("default_user { \(entry.name) } \(sides[Int(entry.defaults.user)]);")
        }
        for entry in policy.classes where (1...2).contains(entry.defaults.role) {
            lines.append("default_role { \(entry.name) } \(sides[Int(entry.defaults.role)]);")
        }
        for entry in policy.classes where (1...2).contains(entry.defaults.type) {
            lines.append("default_type { \(entry.name) } \(sides[Int(entry.defaults.type)]);")
        }
        guard policy.isMLS else { return }
        for entry in policy.classes where (1...7).contains(entry.defaults.range) {
            lines.append("default_range { \(entry.name) } \(Self.defaultRanges[Int(entry.defaults.range)]);")
        }
    }

    static let defaultRanges = [
        "", "source low", "source high", "source low-high", "target low", "target high", "target low-high", "glblub",
    ]

    // MARK: Levels

    private mutating func printLevels() {
        for (index, sensitivity) in policy.sensitivities.enumerated() {
            lines.append("sensitivity \(sensitivity.name)\(aliases(policy.sensitivityAliases, index));")
        }
        lines.append("dominance { \(policy.sensitivities.map { PolicyText($0.name) }.joined(" ")) }")
        for (index, category) in policy.categories.enumerated() {
            lines.append("category \(category)\(aliases(policy.categoryAliases, index));")
        }
        for sensitivity in policy.sensitivities {
            lines.append("level \(sensitivity.name)\(categories(sensitivity.level.categories));")
        }
    }

    private func aliases(_ aliases: [Policy.Alias], _ index: Int) -> PolicyText {
        let found = aliases.filter { Int($0.number) == index + 1 }.map { PolicyText($0.name) }.sorted()
        guard found.count != 1 else { return " alias \(found[0])" }
        return found.isEmpty ? "" : " alias { \(found.joined(" ")) }"
    }

    /// With the colon before them.
    private func categories(_ set: Bitmap) -> PolicyText {
        guard !set.isEmpty else { return "" }
        let runs = names.runs(set).map { run -> PolicyText in
            let (first, last) = (names.category(run.first), names.category(run.last))
            if run.first == run.last { return PolicyText(first) }
            return run.last == run.first + 1 ? "\(first),\(last)" : "\(first).\(last)"
        }
        return ":\(runs.joined(","))"
    }

    func level(_ level: MLSLevel) -> PolicyText {
        "\(names.sensitivity(level.sensitivity))\(categories(level.categories))"
    }

    func range(_ range: MLSRange) -> PolicyText {
        "\(level(range.low)) - \(level(range.high))"
    }

    // MARK: Constraints

    /// Those about levels stand among the levels, before everything else. checkpolicy 3.4 takes those about the
    /// relabelling process for such ones.
    private func constraintLines(
        _ constraints: (ObjectClass) -> [Constraint]
    ) -> (mls: [PolicyText], other: [PolicyText]) {
        let first = layout == .checkpolicy3_5 ? Constraint.Attribute.relabellingProcess : .lowLow
        var result: (mls: [PolicyText], other: [PolicyText]) = ([], [])
        for (index, entry) in policy.classes.enumerated() {
            for constraint in constraints(entry) {
                let isMLS = policy.isMLS && constraint.expression.contains { $0.attribute.rawValue >= first.rawValue }
                let prefix = isMLS ? "mls" : ""
                let expression = expressions.text(constraint.expression)
                let line: PolicyText
                if constraint.permissions == 0 {
                    line = "\(prefix)validatetrans \(entry.name) \(expression);"
                } else {
                    let permissions = names.permissions(constraint.permissions, ofClass: index + 1)
                    guard !permissions.isEmpty else { continue }
                    line = "\(prefix)constrain \(entry.name) { \(permissions.joined(" ")) } \(expression);"
                }
                if isMLS { result.mls.append(line) } else { result.other.append(line) }
            }
        }
        return result
    }
}
