import Flask

/// What rules are about, apart from their types: the kind, the class, and of extended permissions 64 of their numbers.
struct RuleSubject: Hashable, Comparable, BitwiseCopyable {
    /// Kind, class and part, in this order.
    let bits: UInt64

    /// Rules about permissions.
    init(_ kind: Rule.Kind, objectClass: Int) {
        bits = UInt64(kind.rawValue.trailingZeroBitCount) << 32 | UInt64(objectClass) << 12
    }

    /// Extended rules about the numbers from `driver * 256 + quarter * 64`.
    init(_ kind: Rule.Kind, objectClass: Int, isNetlink: Bool, driver: Int, quarter: Int) {
        let part = 1 << 11 | (isNetlink ? 1 : 0) << 10 | driver << 2 | quarter
        bits = RuleSubject(kind, objectClass: objectClass).bits | UInt64(part)
    }

    init(bits: UInt64) {
        self.bits = bits
    }

    var kind: Rule.Kind { Rule.Kind(rawValue: 1 << UInt16(truncatingIfNeeded: bits >> 32)) }
    var objectClass: Int { Int(bits >> 12 & 0xf_ffff) }
    var isExtended: Bool { bits & 1 << 11 != 0 }
    var isNetlink: Bool { bits & 1 << 10 != 0 }
    /// The first number of an extended rule's part.
    var firstNumber: Int { Int(bits & 0x3ff) << 6 }

    static func < (a: RuleSubject, b: RuleSubject) -> Bool { a.bits < b.bits }
}
