/// A policy that is ready to decide: what an image holds, indexed, and the values of its booleans.
///
/// It is a value that shares what does not change: setting booleans makes another one in the time that its conditions
/// take.
public struct LoadedPolicy: Sendable {
    /// What decisions need and booleans do not change.
    final class Tables: Sendable {
        /// The policy, without the rules: those are in ``rules``.
        let policy: Policy
        let rules: AccessVectorTable
        let attributes: TypeAttributes
        let constraints: ConstraintProgram
        let roleAllows: Set<RoleAllow>
        /// By role and type. Of several the first holds, as in Xen.
        let roleTransitions: [RoleTransitionKey: UInt32]
        let rangeTransitions: [RangeTransitionKey: MLSRange]
        let names: SymbolNames
        /// The class whose objects are domains, and its permission to become another.
        let subjectClass: UInt16?
        let transition: UInt32
        let conditions: [Conditional]

        fileprivate init(
            _ whole: consuming Policy, subjectClass: Name, rules begunRules: BegunAhead<AccessVectorTable>?
        ) throws(PolicyLoadError) {
            var policy = consume whole
            try Self.check(policy)
            let begunRules = begunRules ?? BegunAhead(hereAndNow: AccessVectorTable(policy))
            // What is indexed need not be kept twice, and is let go of while somebody else may still be sorting.
            policy.rules = RuleTable()
            conditions = policy.conditionals.map { Conditional(state: $0.state, expression: $0.expression) }
            policy.conditionals = []
            attributes = TypeAttributes(policy)
            policy.typeAttributes = []
            constraints = try ConstraintProgram(policy)
            roleAllows = Set(policy.roleAllows)
            policy.roleAllows = []
            roleTransitions = Dictionary(
                policy.roleTransitions.map { (RoleTransitionKey(role: $0.role, type: $0.type), $0.newRole) },
                uniquingKeysWith: { first, _ in first })
            policy.roleTransitions = []
            rangeTransitions = Dictionary(
                policy.rangeTransitions.map {
                    (RangeTransitionKey(source: $0.source, target: $0.target, objectClass: $0.objectClass), $0.range)
                }, uniquingKeysWith: { first, _ in first })
            policy.rangeTransitions = []
            names = SymbolNames(policy)
            let index = policy.classes.firstIndex { $0.name == subjectClass }
            self.subjectClass = index.map { UInt16($0 + 1) }
            transition = index.flatMap { policy.classes[$0].bit(of: "transition", in: policy) } ?? 0
            self.policy = policy
            rules = begunRules.finish()
            guard !rules.hasDuplicates else { throw .rejected([XenRejection(.duplicateRule)]) }
        }

        private static func check(_ policy: borrowing Policy) throws(PolicyLoadError) {
            for entry in policy.types {
                guard let entry, entry.bounds != 0, policy.areBoundsTooDeep(above: entry) else { continue }
                throw .boundsTooDeep(type: entry.name)
            }
        }
    }

    struct RoleTransitionKey: Hashable {
        let role: UInt32
        let type: UInt32
    }

    struct RangeTransitionKey: Hashable {
        let source: UInt32
        let target: UInt32
        let objectClass: UInt32
    }

    let tables: Tables
    /// The values of the booleans, by index.
    public private(set) var booleans: [Bool]
    /// Which branches hold, two for each condition: see ``AccessVectorTable/ConditionalRule/branch``.
    private(set) var holds: [Bool] = []

    /// Prepares a policy. `subjectClass` names the class of those who act: `domain` in Xen, `process` in Linux.
    ///
    /// Throws when the policy cannot be decided from. Whether Xen takes it is another question
    /// (`Policy.xenRejections()`).
    public init(_ policy: Policy, subjectClass: Name = "domain") throws(PolicyLoadError) {
        try self.init(policy, subjectClass: subjectClass, rules: nil)
    }

    /// Reads and prepares a policy at once, which takes less time than one after the other: a large policy's rules are sorted
    /// while the rest is read.
    public init(image: [UInt8], subjectClass: Name = "domain") throws(PolicyLoadError) {
        let (policy, rules) = try Self.readPolicy(image)
        try self.init(policy, subjectClass: subjectClass, rules: rules)
    }

    init(_ policy: consuming Policy, subjectClass: Name = "domain", rules: BegunAhead<AccessVectorTable>?) throws(PolicyLoadError) {
        tables = try Tables(policy, subjectClass: subjectClass, rules: rules)
        booleans = tables.policy.booleans.map(\.value)
        evaluateConditions()
    }

    /// Fewer rules are sorted sooner than another thread has come.
    private static var ruleCountWorthAThread: Int { 8_192 }

    /// Reads an image; when it has many rules, somebody sorts them already.
    static func read(_ image: [UInt8]) throws(PolicyLoadError) -> (ImageReader.Output, BegunAhead<AccessVectorTable>?) {
        var rules: BegunAhead<AccessVectorTable>?
        do {
            let output = try ImageReader.read(image) { policy in
                guard policy.rules.rules.count >= ruleCountWorthAThread else { return }
                let policy = copy policy
                rules = BegunAhead { AccessVectorTable(policy) }
            }
            return (output, rules)
        } catch {
            throw .image(error)
        }
    }

    private static func readPolicy(_ image: [UInt8]) throws(PolicyLoadError) -> (Policy, BegunAhead<AccessVectorTable>?) {
        let (output, rules) = try read(image)
        return (output.policy, rules)
    }

    /// The policy without its rules, transitions and conditions.
    public var policy: Policy { tables.policy }

    /// The same policy with other values of its booleans, by index; the count must be that of ``booleans``.
    public func setting(_ values: [Bool]) -> LoadedPolicy? {
        guard values.count == booleans.count else { return nil }
        var result = self
        result.booleans = values
        result.evaluateConditions()
        return result
    }

    /// A condition that cannot be evaluated holds in neither branch (Xen, xen/xsm/flask/ss/conditional.c:
    /// `evaluate_cond_node`).
    private mutating func evaluateConditions() {
        holds = tables.conditions.flatMap { condition -> [Bool] in
            guard let value = condition.value(booleans) else { return [false, false] }
            return [value, !value]
        }
    }
}

extension Conditional {
    /// The value of the expression, with the values of the booleans by index; nil when it cannot be evaluated.
    public func value(_ booleans: [Bool]) -> Bool? {
        var stack = ConditionStack()
        for term in expression {
            if term.operation == .boolean {
                guard term.boolean > 0, term.boolean <= booleans.count, stack.push(booleans[Int(term.boolean) - 1]) else {
                    return nil
                }
            } else if !stack.apply(term.operation) {
                return nil
            }
        }
        return stack.result
    }
}

extension ObjectClass {
    /// The bit of a permission, those of a common included; nil when the class has no such permission.
    func bit(of name: Name, in policy: borrowing Policy) -> UInt32? {
        let shared = common > 0 && common <= policy.commons.count ? policy.commons[Int(common) - 1].permissions : []
        return (permissions + shared).first { $0.name == name }.map { 1 << ($0.number - 1) }
    }
}
