/// What an argument of a system call must be.
public struct ArgumentCondition: Hashable, Sendable {
    public enum Comparison: String, Hashable, Sendable {
        case equal = "=="
        case unequal = "!="
        case less = "<"
        case atMost = "<="
        case greater = ">"
        case atLeast = ">="
        /// Equal, of the bits of the mask.
        case masked = "&"
    }

    /// Which argument, from 0 to 5.
    public let argument: Int
    public let comparison: Comparison
    public let mask: UInt64
    /// One of these; only equality, masked or not, has more than one.
    public let values: [UInt64]

    public init(argument: Int, _ comparison: Comparison, mask: UInt64 = .max, values: [UInt64]) {
        self.argument = argument
        self.comparison = comparison
        self.mask = mask
        self.values = values
    }

    /// Whether it holds; the kernel passes all 64 bits, and they are what is compared.
    public func holds(for argument: UInt64) -> Bool {
        values.contains { value in
            switch comparison {
            case .equal: argument == value
            case .unequal: argument != value
            case .less: argument < value
            case .atMost: argument <= value
            case .greater: argument > value
            case .atLeast: argument >= value
            case .masked: argument & mask == value
            }
        }
    }

    /// Arguments on both sides of each border of the condition.
    var probes: [UInt64] {
        var probes: [UInt64] = []
        for value in values {
            probes += [value, value &+ 1, value &- 1, ~value, value ^ (1 << 32), value ^ (1 << 63)]
            guard comparison == .masked else { continue }
            for bit in 0..<64 { probes.append(value ^ (1 << UInt64(bit))) }
            probes.append(value | ~mask)
        }
        return probes
    }

    /// An argument for which it holds; nil where there is none.
    var example: UInt64? { probes.first { holds(for: $0) } }
}
