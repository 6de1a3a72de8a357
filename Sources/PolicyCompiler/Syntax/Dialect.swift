import Flask

/// What the language of a checkpolicy has that that of another has not. Each layout stands for one: 3.4 or 3.11.
struct Dialect: Sendable {
    let layout: ImageLayout

    private var isNew: Bool { layout == .checkpolicy3_6 }

    /// `netifcon eth*`.
    var hasInterfacePatterns: Bool { isNew }
    /// `nodecon 10.0.0.0/8`.
    var hasAddressBlocks: Bool { isNew }
    /// `-self` and `~self` in neverallow rules.
    var hasNotSelf: Bool { isNew }
    /// `*` and `~` mean the permissions that the class declares, not all 32 bits.
    var wildcardsAreDeclaredPermissions: Bool { isNew }
    /// An attribute may have attributes.
    var attributesHaveAttributes: Bool { isNew }
    /// The level and range of a user that a block declares hold everywhere, and must agree with other declarations.
    var usersInBlocksHaveGlobalClearances: Bool { isNew }
    /// Which bytes of an InfiniBand subnet prefix must be 0: the low half. The old one looks at two others.
    var zeroBytesOfSubnetPrefix: Range<Int> { isNew ? 8..<16 : 2..<4 }
    /// `neveraudit`.
    var hasNeveraudit: Bool { isNew }
    /// `role_dominance`, in its old form `dominance { role … }`.
    var hasRoleDominance: Bool { !isNew }
}
