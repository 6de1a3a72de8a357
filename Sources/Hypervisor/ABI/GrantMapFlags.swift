/// How a grant is mapped (Xen, xen/include/public/grant_table.h: `GNTMAP_*`).
struct GrantMapFlags: OptionSet, Hashable, Sendable {
    let rawValue: UInt32
    static let device = GrantMapFlags(rawValue: 1 << 0)
    static let host = GrantMapFlags(rawValue: 1 << 1)
    static let readOnly = GrantMapFlags(rawValue: 1 << 2)
    static let application = GrantMapFlags(rawValue: 1 << 3)
    static let containsEntry = GrantMapFlags(rawValue: 1 << 4)
}
