import Diagnostics
import Flask

/// How large a policy may become before its statements are taken for a mistake: sets on both sides of a rule make the
/// product of their sizes. The limits are far above the largest policies there are, and keep a compilation within half a
/// minute and three gigabytes.
struct ExpansionLimits: Sendable {
    /// Rules of the policy.
    static let rules = 1 << 26
    /// Role rules and transitions of the policy together: they are found by tables that take more room.
    static let transitions = 1 << 21
    /// Pairs of types, with a class each, that unconditional rules name, counting each as often as it is named.
    static let pairs = 1 << 28
    /// The same of rules under a condition.
    static let conditionalPairs = 1 << 22

    var pairs = 0
    var conditionalPairs = 0
    var isPassed = false
}

extension Expander {
    /// Whether a statement that names so many pairs may be expanded.
    mutating func mayExpand(_ pairs: Int, _ destination: Destination, _ node: UInt32) -> Bool {
        switch destination {
        case .always: limits.pairs += pairs
        case .conditional: limits.conditionalPairs += pairs
        }
        if limits.pairs > ExpansionLimits.pairs {
            pass("rules name more than \(ExpansionLimits.pairs) pairs of types", node)
        } else if limits.conditionalPairs > ExpansionLimits.conditionalPairs {
            pass("conditional rules name more than \(ExpansionLimits.conditionalPairs) pairs of types", node)
        }
        return !limits.isPassed
    }

    /// Whether the policy may have another rule or transition.
    mutating func mayAdd(_ node: UInt32) -> Bool {
        guard !limits.isPassed else { return false }
        if accumulator.rules.count > ExpansionLimits.rules {
            pass("the policy has more than \(ExpansionLimits.rules) rules", node)
        } else if roleAllows.count + roleTransitions.count + policy.rangeTransitions.count + policy.filenameTransitions.count
            > ExpansionLimits.transitions
        {
            pass("the policy has more than \(ExpansionLimits.transitions) role rules and transitions", node)
        }
        return !limits.isPassed
    }

    /// Reports the first limit that is passed; what comes behind is not expanded.
    private mutating func pass(_ what: String, _ node: UInt32) {
        guard !limits.isPassed else { return }
        limits.isPassed = true
        report(
            "too-many-rules", what, node: node,
            notes: ["a statement stands for each of its sources with each of its targets"],
            help: "use attributes instead of lists of types, and let fewer types have them")
    }
}
