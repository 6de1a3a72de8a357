/// The system calls that a kind of device model needs: those until it serves, and those after. What is not named is refused.
public struct SystemCallProfile: Hashable, Sendable {
    public enum Phase: String, Hashable, Sendable, CaseIterable {
        /// From its exec on: what both sections have.
        case start
        /// Once it serves.
        case running
    }

    public let name: String
    /// The lines of the sections, in their order.
    public let start: [SystemCallRule]
    public let running: [SystemCallRule]

    public init(name: String, start: [SystemCallRule], running: [SystemCallRule]) {
        self.name = name
        self.start = start
        self.running = running
    }

    /// The call that starts threads and whose flags no filter can see: it is as if the kernel did not have it, so that C
    /// libraries take `clone`.
    public static let clone3 = 435
    static let noSuchCall: UInt16 = 38

    /// The rules that hold in a phase: several of one call are alternatives. A call that may be made whatever its arguments has
    /// one rule, and one that may be made at all has none that answers for it.
    public func rules(in phase: Phase) -> [SystemCallRule] {
        let all = phase == .start ? start + running : running
        var allowed: Set<Int> = []
        var open: Set<Int> = []
        for rule in all where rule.error == nil {
            allowed.insert(rule.number)
            if rule.conditions.isEmpty { open.insert(rule.number) }
        }
        var seen: Set<Int> = []
        return all.filter { rule in
            guard rule.error == nil else { return !allowed.contains(rule.number) && seen.insert(rule.number).inserted }
            return !open.contains(rule.number) || rule.conditions.isEmpty && seen.insert(rule.number).inserted
        }
    }

    /// What the text says of a call, where all else is answered with `otherwise`. Calls of other architectures, and of x32, end
    /// the process.
    public func action(
        of number: UInt32, architecture: UInt32 = FilterEvaluation.x86_64, arguments: [UInt64], in phase: Phase,
        otherwise: FilterAction = .killProcess
    ) -> FilterAction {
        let rules = rules(in: phase).filter { $0.number == Int(number) }
        return action(of: number, architecture: architecture, arguments: arguments, rules: rules, otherwise: otherwise)
    }

    /// The same, where the rules of the call are known.
    func action(
        of number: UInt32, architecture: UInt32, arguments: [UInt64], rules: [SystemCallRule], otherwise: FilterAction
    ) -> FilterAction {
        // No call has this number, by which a tracer says that there is none.
        if architecture == FilterEvaluation.x86_64, number == .max { return otherwise }
        guard architecture == FilterEvaluation.x86_64, number < FilterEvaluation.x32 else { return .killProcess }
        if number == UInt32(Self.clone3) { return .error(Self.noSuchCall) }
        return rules.first { $0.holds(for: arguments) }?.action ?? otherwise
    }
}
