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
    let statements: StatementWriter
    let sids: InitialSIDNames
    var lines = PolicyLines()

    /// The text of a policy, for a checkpolicy of the given layout. Names of initial SIDs that are known stand in the order of their numbers.
    public static func text(
        of policy: Policy, layout: ImageLayout, initialSIDs: [String]? = nil
    ) throws(DecompilationError) -> [UInt8] {
        var policy = policy
        policy.sortContexts()
        var printer = PolicyConfPrinter(policy, layout, initialSIDs)
        try printer.write()
        return printer.lines.bytes
    }

    private init(_ policy: Policy, _ layout: ImageLayout, _ initialSIDs: [String]?) {
        self.policy = policy
        statements = StatementWriter(policy, usesSelf: true, layout: layout)
        sids = InitialSIDNames(policy, known: initialSIDs)
    }

    var names: PolicyNames { statements.names }

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
        lines.append("# handle_unknown \(policy.handleUnknown.word)")
        for entry in policy.classes { lines.append("class \(entry.name)") }
        for name in sids.names { lines.append("sid \(name)") }
        // Commons are numbered in the order in which they come.
        var seen: Set<UInt32> = []
        for entry in policy.classes where entry.common != 0 && seen.insert(entry.common).inserted {
            lines.append(statements.text(policy.commons[Int(entry.common) - 1]))
        }
        for entry in policy.classes {
            if let line = statements.text(entry) { lines.append(line) }
        }
    }

    private mutating func printDefaults() {
        // All of a kind come together.
        for statement in [statements.defaultUser, statements.defaultRole, statements.defaultType, statements.defaultRange] {
            for entry in policy.classes {
                if let line = statement(entry) { lines.append(line) }
            }
        }
    }

    static let defaultRanges = [
        "", "source low", "source high", "source low-high", "target low", "target high", "target low-high", "glblub",
    ]

    // MARK: Levels

    private mutating func printLevels() {
        for index in policy.sensitivities.indices { lines.append(statements.sensitivity(index)) }
        lines.append("dominance { \(policy.sensitivities.map { PolicyText($0.name) }.joined(" ")) }")
        for index in policy.categories.indices { lines.append(statements.category(index)) }
        for sensitivity in policy.sensitivities {
            lines.append("level \(sensitivity.name)\(statements.categories(sensitivity.level.categories));")
        }
    }

    // MARK: Constraints

    /// Those about levels stand among the levels, before everything else.
    private func constraintLines(
        _ constraints: (ObjectClass) -> [Constraint]
    ) -> (mls: [PolicyText], other: [PolicyText]) {
        var result: (mls: [PolicyText], other: [PolicyText]) = ([], [])
        for (index, entry) in policy.classes.enumerated() {
            for constraint in constraints(entry) {
                guard let line = statements.text(constraint, ofClass: index + 1) else { continue }
                if statements.isMLS(constraint) { result.mls.append(line) } else { result.other.append(line) }
            }
        }
        return result
    }
}
