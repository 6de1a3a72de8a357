import Flask

/// The permissions that a question names, as bits of each class.
struct PermissionCriterion {
    /// By class number, a mask for each pattern.
    private var masks: [[UInt32]]
    private let needsAll: Bool
    /// Whether the operation of an extended rule is among them.
    let namesIoctl: Bool
    let namesNetlink: Bool

    init(_ patterns: [NamePattern], needsAll: Bool, _ policy: Policy) throws(QuestionMistake) {
        self.needsAll = needsAll
        masks = [[UInt32]](repeating: [UInt32](repeating: 0, count: patterns.count), count: policy.classes.count + 1)
        for (place, pattern) in patterns.enumerated() {
            var isThere = false
            for index in policy.classes.indices {
                for permission in policy.permissions(ofClass: index) where try pattern.matches(permission.name) {
                    masks[index + 1][place] |= 1 << (permission.number - 1)
                    isThere = true
                }
            }
            guard isThere || pattern.isExpression else {
                let known = Set((policy.classes.map(\.permissions) + policy.commons.map(\.permissions)).joined().map(\.name))
                throw pattern.unknown(among: known.sorted(), what: "permission")
            }
        }
        func names(_ operation: Name) throws(QuestionMistake) -> Bool {
            var count = 0
            for pattern in patterns where try pattern.matches(operation) { count += 1 }
            return needsAll ? count == patterns.count : count > 0
        }
        namesIoctl = try names("ioctl")
        namesNetlink = try names("nlmsg")
    }

    /// Any of these permissions of one class.
    init(_ vector: UInt32, ofClass number: UInt16) {
        needsAll = false
        masks = [[UInt32]](repeating: [0], count: Int(number) + 1)
        masks[Int(number)] = [vector]
        (namesIoctl, namesNetlink) = (false, false)
    }

    /// The permissions of a class that are asked for.
    func mask(ofClass number: Int) -> UInt32 {
        masks.indices.contains(number) ? masks[number].reduce(0, |) : 0
    }

    func isMet(by vector: UInt32, ofClass number: Int) -> Bool {
        guard masks.indices.contains(number) else { return false }
        return needsAll ? masks[number].allSatisfy { vector & $0 != 0 } : masks[number].contains { vector & $0 != 0 }
    }
}
