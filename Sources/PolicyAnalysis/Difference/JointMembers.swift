import Flask

/// Which types the rules about a type or attribute are for, in joint indices, in one of two policies.
struct JointMembers: Sendable {
    /// For each joint index its types; an attribute's are those that have it, a type's mostly itself.
    private(set) var types: [Bitmap]

    /// By the policy's own indices.
    private let attributes: [Bitmap]
    /// Nil where the policy's own indices are the joint ones.
    private let jointOfOwn: [Int]?
    private let ownOfJoint: [Int?]

    init(_ pair: PolicyPair, ofFirst isFirst: Bool) {
        let policy = isFirst ? pair.first : pair.second
        attributes = policy.typeAttributes
        jointOfOwn = isFirst ? nil : pair.types.ofSecond
        ownOfJoint = (0..<pair.types.count).map { joint in
            guard let own = isFirst ? (joint < pair.types.firstCount ? joint : nil) : pair.types.inSecond[joint],
                policy.types[own]?.isAttribute == false, policy.typeAttributes.indices.contains(own)
            else { return nil }
            return own
        }
        types = [Bitmap](repeating: [], count: pair.types.count)
        // In joint order, so that sets grow at their ends.
        for joint in ownOfJoint.indices {
            for symbol in attributes(of: joint) { types[symbol].insert(joint) }
        }
    }

    /// Whether the policy has the type.
    func has(_ joint: Int) -> Bool { ownOfJoint[joint] != nil }

    /// What holds for a type too: its attributes and itself. Nothing for what is no type.
    func attributes(of joint: Int) -> some Sequence<Int> {
        let own = ownOfJoint[joint].map { attributes[$0] } ?? []
        return own.lazy.map { [jointOfOwn] index in jointOfOwn.map { $0[index] } ?? index }
    }
}
