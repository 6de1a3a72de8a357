import Flask

/// The types that sets of types and attributes mean, found out for as long as the steps last: an image may hold any number of sets
/// that name all its attributes.
struct TypeSetExpansion {
    private let policy: Policy
    /// Those that have an attribute, by its index.
    private var members: [Int: Bitmap] = [:]
    private var remainingSteps: Int

    init(_ policy: Policy, steps: Int) {
        self.policy = policy
        remainingSteps = steps
    }

    /// Nil where that takes too many steps, or something in the set is no type.
    mutating func types(of set: Bitmap) -> Bitmap? {
        var types = Bitmap()
        var single = Bitmap()
        for index in set {
            remainingSteps -= 1
            guard remainingSteps >= 0, policy.types.indices.contains(index), let entry = policy.types[index] else { return nil }
            guard entry.isAttribute else {
                single.insert(index)
                continue
            }
            guard let members = members(of: index) else { return nil }
            remainingSteps -= types.words.count + members.words.count
            types.formUnion(members)
        }
        types.formUnion(single)
        return types
    }

    private mutating func members(of attribute: Int) -> Bitmap? {
        if let known = members[attribute] { return known }
        remainingSteps -= policy.typeAttributes.count
        guard remainingSteps >= 0 else { return nil }
        var found = Bitmap()
        for (type, attributes) in policy.typeAttributes.enumerated()
        where attributes.contains(attribute) && policy.types.indices.contains(type) && policy.types[type]?.isAttribute == false {
            found.insert(type)
        }
        members[attribute] = found
        return found
    }
}
