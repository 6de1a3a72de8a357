import Flask

/// The types that sets of types and attributes mean, found out for as long as the steps last: an image may hold any number of sets
/// that name all its attributes.
struct TypeSetExpansion {
    private let types: [TypeEntry?]
    /// Those that have an attribute, by its index.
    private var members: [Bitmap]
    private var remainingSteps: Int

    /// For sets of which all together name what is in `named`, as words of 64 indices.
    init(_ policy: Policy, named: [UInt64], steps: Int) {
        types = policy.types
        members = [Bitmap](repeating: [], count: types.count)
        remainingSteps = steps
        for (type, attributes) in policy.typeAttributes.enumerated() where types.indices.contains(type) && types[type]?.isAttribute == false {
            for word in attributes.words {
                let index = Int(word.start) / 64
                var rest = named.indices.contains(index) ? word.bits & named[index] : 0
                while rest != 0, remainingSteps > 0 {
                    let attribute = Int(word.start) + rest.trailingZeroBitCount
                    if members.indices.contains(attribute) { members[attribute].insert(type) }
                    rest &= rest - 1
                    remainingSteps -= 1
                }
            }
        }
    }

    /// Nil where that takes too many steps, or something in the set is no type.
    mutating func types(of set: Bitmap) -> Bitmap? {
        var found = Bitmap()
        var single = Bitmap()
        for index in set {
            remainingSteps -= 1
            guard remainingSteps > 0, types.indices.contains(index), let entry = types[index] else { return nil }
            guard entry.isAttribute else {
                single.insert(index)
                continue
            }
            remainingSteps -= found.words.count + members[index].words.count
            found.formUnion(members[index])
        }
        found.formUnion(single)
        return found
    }
}
