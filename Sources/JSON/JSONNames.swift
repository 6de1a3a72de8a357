/// Tells whether an object's name was there before, by its bytes.
struct JSONNames {
    /// By bytes, where Swift's strings are equal as well if Unicode calls them equivalent.
    private struct Name: Hashable {
        let bytes: [UInt8]
    }

    /// Empty while there are so few members that looking through them is faster.
    private var known: Set<Name> = []
    private static let few = 16

    /// False if one of the members has the name. Those are the ones whose names were added, in their order.
    mutating func add(_ name: String, to members: [JSONObject.Member]) -> Bool {
        guard members.count >= Self.few else { return !members.contains { JSONObject.isSame($0.name, name) } }
        if known.isEmpty { known = Set(members.map { Name(bytes: Array($0.name.utf8)) }) }
        return known.insert(Name(bytes: Array(name.utf8))).inserted
    }
}
