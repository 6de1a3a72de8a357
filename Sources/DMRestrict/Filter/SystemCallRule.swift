/// A line of a profile: a system call that may be made, or how it is answered instead.
public struct SystemCallRule: Hashable, Sendable {
    public let name: String
    public let number: Int
    /// All must hold.
    public let conditions: [ArgumentCondition]
    /// The error that it is answered with; nil where it may be made.
    public let error: UInt16?
    /// Why it is there.
    public let reason: String
    /// Where it stands, from 1.
    public let line: Int

    public init(
        _ name: String, number: Int, conditions: [ArgumentCondition] = [], error: UInt16? = nil, reason: String, line: Int = 0
    ) {
        self.name = name
        self.number = number
        self.conditions = conditions
        self.error = error
        self.reason = reason
        self.line = line
    }

    /// What it has done; `arguments` are the six.
    public var action: FilterAction { error.map { .error($0) } ?? .allow }

    public func holds(for arguments: [UInt64]) -> Bool {
        conditions.allSatisfy { $0.argument < arguments.count && $0.holds(for: arguments[$0.argument]) }
    }

    /// Six arguments for which it holds, the others 0; nil where there are none.
    public var example: [UInt64]? {
        var arguments = [UInt64](repeating: 0, count: 6)
        for condition in conditions {
            guard condition.argument < 6, let example = condition.example else { return nil }
            arguments[condition.argument] = example
        }
        return arguments
    }

    /// Arguments on both sides of each border: in each, one differs from ``example``.
    public var probes: [[UInt64]] {
        guard let example else { return [] }
        var all = [example]
        for condition in conditions {
            for probe in condition.probes {
                var arguments = example
                arguments[condition.argument] = probe
                all.append(arguments)
            }
        }
        return all
    }

    var comparesByOrder: Bool { conditions.contains { $0.comparison != .equal && $0.comparison != .masked } }

    /// Arguments in which the borders of several rules meet: 256 of them, always the same.
    static func mixedProbes(_ rules: [SystemCallRule]) -> [[UInt64]] {
        var borders = [[UInt64]](repeating: [0], count: 6)
        for condition in rules.flatMap(\.conditions) where condition.argument < 6 { borders[condition.argument] += condition.probes }
        var state: UInt64 = 1
        return (0..<256).map { _ in
            borders.map { values in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return values[Int(truncatingIfNeeded: state >> 33) % values.count]
            }
        }
    }

    /// How many rules of a filter it is: one for each choice among the values of its conditions.
    var width: Int { conditions.reduce(1) { $0 * max($1.values.count, 1) } }
}
