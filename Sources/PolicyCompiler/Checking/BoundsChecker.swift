import Diagnostics
import Flask

/// Checks that nothing exceeds what bounds it: a type its parent's rules, a role its parent's types, a user its
/// parent's roles (libsepol, src/hierarchy.c).
struct BoundsChecker {
    private let policy: Policy
    private let index: AllowIndex
    private let resolution: Resolution
    private let syntax: Syntax
    private let text: MappedText
    private(set) var diagnostics: DiagnosticLog

    init(
        _ syntax: Syntax, _ text: MappedText, _ resolution: Resolution, _ policy: Policy, _ index: AllowIndex,
        _ diagnostics: DiagnosticLog
    ) {
        self.syntax = syntax
        self.text = text
        self.resolution = resolution
        self.policy = policy
        self.index = index
        self.diagnostics = diagnostics
    }

    mutating func check() {
        for user in policy.users.compactMap(\.self) where user.bounds != 0 {
            guard let parent = policy.users[Int(user.bounds) - 1], !parent.roles.isSuperset(of: user.roles) else { continue }
            diagnostics.report(
                .error, "bounds-exceeded", "user `\(user.name)` has roles that `\(parent.name)`, which bounds it, has not",
                at: place(of: user.name, in: resolution.users))
        }
        for role in policy.roles.compactMap(\.self) where role.bounds != 0 {
            guard let parent = policy.roles[Int(role.bounds) - 1], !parent.types.isSuperset(of: role.types) else { continue }
            diagnostics.report(
                .error, "bounds-exceeded", "role `\(role.name)` has types that `\(parent.name)`, which bounds it, has not",
                at: place(of: role.name, in: resolution.roles))
        }
        for child in policy.types.indices where policy.types[child]?.bounds ?? 0 != 0 { checkType(child) }
    }

    private func place<Entry>(of name: Name, in table: SymbolTable<Entry>) -> Span {
        guard let identifier = syntax.identifiers.find(name.description), let index = table.index(of: identifier) else {
            return .unknown
        }
        return text.span(at: Int(table.visibility(of: index).offset), length: name.bytes.count)
    }

    private struct Key: Hashable {
        let target: UInt16
        let objectClass: UInt16
    }

    private mutating func checkType(_ child: Int) {
        guard let entry = policy.types[child], let parent = policy.types[Int(entry.bounds) - 1] else { return }
        let parentPlace = Int(entry.bounds) - 1
        var always: [Key: UInt32] = [:]
        for rule in policy.rules.rules where rule.kind == .allow && covers(rule, parentPlace) {
            add(rule, to: &always)
        }
        let branches = policy.conditionals.map { conditional in
            var whenTrue: [Key: UInt32] = [:]
            for rule in conditional.whenTrue where rule.kind == .allow && covers(rule, parentPlace) {
                add(rule, to: &whenTrue)
            }
            var whenFalse: [Key: UInt32] = [:]
            for rule in conditional.whenFalse where rule.kind == .allow && covers(rule, parentPlace) {
                add(rule, to: &whenFalse)
            }
            return (whenTrue, whenFalse)
        }
        // What both branches allow is allowed always.
        for (whenTrue, whenFalse) in branches {
            for (key, data) in whenFalse { always[key, default: 0] |= data & (whenTrue[key] ?? 0) }
        }
        var excess: [(target: UInt16, objectClass: UInt16, data: UInt32)] = []
        for rule in policy.rules.rules where rule.kind == .allow && covers(rule, child) {
            collect(rule, [always], &excess)
        }
        for (conditional, branch) in zip(policy.conditionals, branches) {
            for rule in conditional.whenTrue where rule.kind == .allow && covers(rule, child) {
                collect(rule, [always, branch.0], &excess)
            }
            for rule in conditional.whenFalse where rule.kind == .allow && covers(rule, child) {
                collect(rule, [always, branch.1], &excess)
            }
        }
        guard !excess.isEmpty else { return }
        var notes = excess.prefix(diagnostics.listed).map { item in
            let names = policy.permissionNames(item.data, of: item.objectClass)
            return
                "only the bounded type is allowed `\(policy.types[Int(item.target)]?.name ?? "?"):\(policy.classes[Int(item.objectClass) - 1].name) { \(names.joined(separator: " ")) }`"
        }
        if excess.count > diagnostics.listed { notes.append("and \(excess.count - diagnostics.listed) more") }
        diagnostics.report(
            .error, "bounds-exceeded", "type `\(entry.name)` may do what `\(parent.name)`, which bounds it, may not",
            at: place(of: entry.name, in: resolution.types),
            labels: [.init(place(of: parent.name, in: resolution.types), "may do less")], notes: notes,
            help: "allow it to `\(parent.name)` too, or take it from `\(entry.name)`")
    }

    private func covers(_ rule: Rule, _ type: Int) -> Bool {
        index.types[Int(rule.source) - 1].contains(UInt16(type))
    }

    private func add(_ rule: Rule, to table: inout [Key: UInt32]) {
        for target in index.types[Int(rule.target) - 1] {
            table[Key(target: target, objectClass: rule.objectClass), default: 0] |= rule.data
        }
    }

    /// A target that is bounded itself counts as its parent.
    private func collect(
        _ rule: Rule, _ tables: [[Key: UInt32]], _ excess: inout [(target: UInt16, objectClass: UInt16, data: UInt32)]
    ) {
        for target in index.types[Int(rule.target) - 1] {
            let bounds = policy.types[Int(target)]?.bounds ?? 0
            let key = Key(target: bounds == 0 ? target : UInt16(bounds - 1), objectClass: rule.objectClass)
            let data = tables.reduce(rule.data) { $0 & ~($1[key] ?? 0) }
            if data != 0 { excess.append((target, rule.objectClass, data)) }
        }
    }
}
