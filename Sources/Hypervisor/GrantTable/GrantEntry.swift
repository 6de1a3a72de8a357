/// An entry of a grant table as it was at one moment: guests change theirs when they like (Xen,
/// xen/include/public/grant_table.h: `struct grant_entry_v1`, `union grant_entry_v2`).
struct GrantEntry: Hashable, Sendable {
    /// The first word: what is granted, and to whom.
    struct Header: Hashable, Sendable {
        var rawValue: UInt32
        var flags: UInt16 { UInt16(truncatingIfNeeded: rawValue) }
        var domain: UInt16 { UInt16(truncatingIfNeeded: rawValue >> 16) }
        var kind: UInt16 { flags & 3 }

        func has(_ flag: UInt16) -> Bool { flags & flag != 0 }
    }

    static let permitAccess: UInt16 = 1
    static let acceptTransfer: UInt16 = 2
    static let transitive: UInt16 = 3
    static let readOnly: UInt16 = 1 << 2
    static let reading: UInt16 = 1 << 3
    static let writing: UInt16 = 1 << 4
    static let subPage: UInt16 = 1 << 8
    static let transferCommitted: UInt16 = 1 << 2
    static let transferCompleted: UInt16 = 1 << 3

    let header: Header
    let frame: UInt64
    /// The part of the page that is granted, where only a part is.
    let start: UInt16
    let length: UInt16
    /// Whose grant it stands for, if it stands for another.
    var otherDomain: UInt16 { start }
    var otherReference: UInt32 { UInt32(truncatingIfNeeded: frame) }
}
