/// A name in the source, as a small number: the same spelling is the same number.
struct Identifier: Hashable, Sendable {
    let rawValue: UInt32

    /// The markers that may stand in a set among names: `a - b`, `~a`, `*`.
    static let minus = Identifier(rawValue: 0)
    static let complement = Identifier(rawValue: 1)
    static let star = Identifier(rawValue: 2)
    static let markerCount: UInt32 = 3

    /// Names that mean something in every policy; they come behind the keywords.
    static let objectRole = Identifier(rawValue: markerCount + 2 * UInt32(Keyword.all.count))
    static let selfType = Identifier(rawValue: objectRole.rawValue + 1)

    /// Whether it is a marker and no name.
    var isMarker: Bool { rawValue < Self.markerCount }

    var index: Int { Int(rawValue) }
}

/// Where a name is used: which name, and at which offset of the text.
struct NameReference: Hashable, Sendable {
    let identifier: Identifier
    let offset: UInt32
}
