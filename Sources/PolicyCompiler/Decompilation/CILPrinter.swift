public import Flask

/// Writes a policy in CIL, the intermediate language of SELinux that `secilc` compiles.
///
/// Every rule of the policy is written, and what it decides stays the same. Numbers are not kept, because that compiler
/// gives its own; nor is what CIL has no words for: contexts of file systems by device (`fscon`).
public struct CILPrinter {
    let policy: Policy
    let names: PolicyNames
    let sids: InitialSIDNames
    let expressions: ExpressionWriter
    var lines = PolicyLines()

    /// The text of a policy. Names of initial SIDs that are known stand in the order of their numbers.
    public static func text(of policy: Policy, initialSIDs: [String]? = nil) throws(DecompilationError) -> [UInt8] {
        var policy = policy
        policy.sortContexts()
        var printer = CILPrinter(policy, initialSIDs)
        try printer.write()
        return printer.lines.bytes
    }

    private init(_ policy: Policy, _ initialSIDs: [String]?) {
        self.policy = policy
        names = PolicyNames(policy)
        sids = InitialSIDNames(policy, known: initialSIDs)
        expressions = ExpressionWriter(names: names, isPrefix: true)
    }

    private mutating func write() throws(DecompilationError) {
        try names.checkNames()
        printClasses()
        printDefaults()
        printLevels()
        printConstraints()
        lines.append(sorted: try names.capabilities().map { "(policycap \($0))" })
        printTypes()
        printRules()
        printRolesAndUsers()
        try printContexts()
    }

    // MARK: Classes

    private mutating func printClasses() {
        lines.append("(handleunknown \(policy.handleUnknown.word))")
        lines.append("(mls \(policy.isMLS ? "true" : "false"))")
        for common in policy.commons where policy.classes.contains(where: { inherits($0, common) }) {
            lines.append("(common \(common.name) (\(list(common.permissions))))")
        }
        for entry in policy.classes {
            lines.append("(class \(entry.name) (\(list(entry.permissions))))")
            if entry.common != 0 {
                lines.append("(classcommon \(entry.name) \(policy.commons[Int(entry.common) - 1].name))")
            }
        }
        lines.append("(classorder (\(policy.classes.map { PolicyText($0.name) }.joined(" "))))")
        for name in sids.names { lines.append("(sid \(name))") }
        lines.append("(sidorder (\(sids.names.joined(separator: " "))))")
    }

    private func inherits(_ entry: ObjectClass, _ common: PermissionTable) -> Bool {
        entry.common != 0 && policy.commons[Int(entry.common) - 1].name == common.name
    }

    private func list(_ permissions: [PermissionTable.Permission]) -> PolicyText {
        permissions.map { PolicyText($0.name) }.joined(" ")
    }

    private mutating func printDefaults() {
        let sides = ["", "source", "target"]
        for entry in policy.classes {
            if (1...2).contains(entry.defaults.user) {
                lines.append("(defaultuser \(entry.name) \(sides[Int(entry.defaults.user)]))")
            }
            if (1...2).contains(entry.defaults.role) {
                lines.append("(defaultrole \(entry.name) \(sides[Int(entry.defaults.role)]))")
            }
            if (1...2).contains(entry.defaults.type) {
                lines.append("(defaulttype \(entry.name) \(sides[Int(entry.defaults.type)]))")
            }
            if policy.isMLS, (1...7).contains(entry.defaults.range) {
                lines.append("(defaultrange \(entry.name) \(PolicyConfPrinter.defaultRanges[Int(entry.defaults.range)]))")
            }
        }
    }

    // MARK: Levels

    /// CIL always has levels: without MLS there is one, which everything has.
    private mutating func printLevels() {
        guard policy.isMLS else {
            lines.append("(sensitivity s0)")
            lines.append("(sensitivityorder (s0))")
            lines.append("(level \(Self.onlyLevel) (s0))")
            return
        }
        for sensitivity in policy.sensitivities { lines.append("(sensitivity \(sensitivity.name))") }
        lines.append("(sensitivityorder (\(policy.sensitivities.map { PolicyText($0.name) }.joined(" "))))")
        for alias in policy.sensitivityAliases {
            lines.append("(sensitivityalias \(alias.name))")
            lines.append("(sensitivityaliasactual \(alias.name) \(names.sensitivity(alias.number)))")
        }
        for category in policy.categories { lines.append("(category \(category))") }
        if !policy.categories.isEmpty {
            lines.append("(categoryorder (\(policy.categories.map { PolicyText($0) }.joined(" "))))")
        }
        for alias in policy.categoryAliases {
            lines.append("(categoryalias \(alias.name))")
            lines.append("(categoryaliasactual \(alias.name) \(names.category(Int(alias.number) - 1)))")
        }
        for sensitivity in policy.sensitivities where !sensitivity.level.categories.isEmpty {
            lines.append("(sensitivitycategory \(sensitivity.name) \(categories(sensitivity.level.categories)))")
        }
    }

    private static let onlyLevel = "systemlow"

    private func categories(_ set: Bitmap) -> PolicyText {
        let runs = names.runs(set).map { run -> PolicyText in
            let (first, last) = (names.category(run.first), names.category(run.last))
            if run.first == run.last { return PolicyText(first) }
            return run.last == run.first + 1 ? "\(first) \(last)" : "(range \(first) \(last))"
        }
        return "(\(runs.joined(" ")))"
    }

    func level(_ level: MLSLevel) -> PolicyText {
        guard policy.isMLS else { return "\(Self.onlyLevel)" }
        let sensitivity = names.sensitivity(level.sensitivity)
        return level.categories.isEmpty ? "(\(sensitivity))" : "(\(sensitivity) \(categories(level.categories)))"
    }

    func range(_ range: MLSRange) -> PolicyText {
        "(\(level(range.low)) \(level(range.high)))"
    }

    // MARK: Constraints

    private mutating func printConstraints() {
        for (index, entry) in policy.classes.enumerated() {
            // Both compilers put a constraint before those that they have.
            for constraint in entry.constraints.reversed() {
                let permissions = names.permissions(constraint.permissions, ofClass: index + 1)
                guard !permissions.isEmpty else { continue }
                let word = policy.isMLS && constraint.isAboutLevels ? "mlsconstrain" : "constrain"
                lines.append("(\(word) (\(entry.name) (\(permissions.joined(" ")))) \(expressions.text(constraint.expression)))")
            }
            for constraint in entry.validateTransitions.reversed() {
                let word = policy.isMLS && constraint.isAboutLevels ? "mlsvalidatetrans" : "validatetrans"
                lines.append("(\(word) \(entry.name) \(expressions.text(constraint.expression)))")
            }
        }
    }
}

extension Constraint {
    fileprivate var isAboutLevels: Bool {
        expression.contains { $0.attribute.rawValue >= Constraint.Attribute.lowLow.rawValue }
    }
}
