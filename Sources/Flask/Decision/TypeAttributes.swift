/// For each type the attributes that it has and itself, by number and ascending, side by side in one array.
struct TypeAttributes: Sendable {
    private var starts: [UInt32] = []
    private(set) var numbers: [UInt16] = []

    init(_ policy: Policy) {
        starts.reserveCapacity(policy.typeAttributes.count + 1)
        numbers.reserveCapacity(policy.typeAttributes.reduce(0) { $0 + $1.count })
        for attributes in policy.typeAttributes {
            starts.append(UInt32(numbers.count))
            for index in attributes { numbers.append(UInt16(truncatingIfNeeded: index + 1)) }
        }
        starts.append(UInt32(numbers.count))
    }

    /// Where in ``numbers`` those of a type stand; the type's number must be one of the policy.
    func range(of type: UInt32) -> Range<Int> {
        Int(starts[Int(type) - 1])..<Int(starts[Int(type)])
    }

    /// What tells quickly for most numbers that they are not among a type's.
    struct Membership {
        let range: Range<Int>
        /// Bit `n` of the 256 is set when a number is there whose lowest eight bits are `n`.
        fileprivate var bits: SIMD4<UInt64> = .zero

        @inline(__always)
        func mayContain(_ number: UInt16) -> Bool {
            bits[Int(number >> 6 & 3)] & 1 << UInt64(number & 63) != 0
        }
    }

    func membership(of type: UInt32) -> Membership {
        var membership = Membership(range: range(of: type))
        for index in membership.range {
            let number = numbers[index]
            membership.bits[Int(number >> 6 & 3)] |= 1 << UInt64(number & 63)
        }
        return membership
    }

    /// Whether a number is among a type's.
    func contains(_ number: UInt16, _ membership: Membership) -> Bool {
        var low = membership.range.lowerBound
        var high = membership.range.upperBound
        while low < high {
            let middle = (low + high) / 2
            if numbers[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low < membership.range.upperBound && numbers[low] == number
    }
}
