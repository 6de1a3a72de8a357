/// What of a node an answer depended on.
struct ReadAspects: OptionSet {
    let rawValue: UInt8

    /// Whether it is there.
    static let existence = ReadAspects(rawValue: 1)
    static let value = ReadAspects(rawValue: 2)
    static let permissions = ReadAspects(rawValue: 4)
    /// The names of its children.
    static let children = ReadAspects(rawValue: 8)

    /// Whether two nodes are equal in these respects.
    func areEqual(_ one: StoreNode, _ other: StoreNode) -> Bool {
        (one === other)
            || (!contains(.value) || one.valueGeneration == other.valueGeneration)
                && (!contains(.permissions) || one.permissionsGeneration == other.permissionsGeneration)
                && (!contains(.children) || one.childrenGeneration == other.childrenGeneration)
    }
}
