import Flask

/// Two policies whose symbols are matched by name. Joint numbers and indices are those of the first, continued by what only the
/// second has.
struct PolicyPair: Sendable {
    let first: Policy
    let second: Policy
    let classes: JointSymbols
    /// Types and attributes.
    let types: JointSymbols
    let roles: JointSymbols
    let users: JointSymbols
    let booleans: JointSymbols
    let sensitivities: JointSymbols
    let categories: JointSymbols
    /// By joint index of the class.
    let permissions: [JointPermissions]

    init(_ first: Policy, _ second: Policy) {
        self.first = first
        self.second = second
        classes = JointSymbols(first.classes.map(\.name), second.classes.map(\.name))
        types = JointSymbols(
            first.types.map { $0?.name }, second.types.map { $0?.name }, firstMarks: first.types.map { $0?.isAttribute ?? false },
            secondMarks: second.types.map { $0?.isAttribute ?? false })
        roles = JointSymbols(first.roles.map { $0?.name }, second.roles.map { $0?.name })
        users = JointSymbols(first.users.map { $0?.name }, second.users.map { $0?.name })
        booleans = JointSymbols(first.booleans.map(\.name), second.booleans.map(\.name))
        sensitivities = JointSymbols(first.sensitivities.map(\.name), second.sensitivities.map(\.name))
        categories = JointSymbols(first.categories, second.categories)
        permissions = classes.names.indices.map { [classes] index in
            JointPermissions(
                index < classes.firstCount ? first.permissions(ofClass: index) : [],
                classes.inSecond[index].map { second.permissions(ofClass: $0) } ?? [])
        }
    }

    /// A context of the second policy in joint numbers.
    func joint(_ context: SecurityContext) -> SecurityContext {
        SecurityContext(
            user: users.joint(context.user), role: roles.joint(context.role), type: types.joint(context.type),
            range: joint(context.range))
    }

    func joint(_ range: MLSRange) -> MLSRange { MLSRange(low: joint(range.low), high: joint(range.high)) }

    func joint(_ level: MLSLevel) -> MLSLevel {
        MLSLevel(sensitivity: sensitivities.joint(level.sensitivity), categories: categories.joint(level.categories))
    }

    func isAttribute(_ joint: Int) -> Bool {
        if joint < types.firstCount { return first.types[joint]?.isAttribute ?? true }
        return types.inSecond[joint].flatMap { second.types[$0]?.isAttribute } ?? true
    }

    /// A class with some of its joint permissions.
    func text(_ vector: UInt64, ofClass joint: Int) -> String {
        let names = permissions[joint].names(vector).map(\.description)
        return "\(classes.name(joint)) { \(names.joined(separator: " ")) }"
    }

    /// Whether it is about Xen, to which numbers of classes and permissions matter; a policy in the form of Linux's may be for it
    /// too.
    var isForXen: Bool { first.isForXen || second.isForXen }
}

extension Policy {
    var isForXen: Bool { target == .xen || !classes.contains { $0.name == "process" } }
}
