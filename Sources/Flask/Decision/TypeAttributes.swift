/// For each type the attributes that it has and itself, by number and ascending, side by side in one array.
struct TypeAttributes: Sendable {
    private var starts: [UInt32] = []
    private(set) var numbers: [UInt16] = []

    init(_ policy: Policy) {
        starts.reserveCapacity(policy.typeAttributes.count + 1)
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
}
