import Flask

/// Types by their final numbers, and sets of types expanded over their attributes.
struct TypeExpansion {
    /// The final index (number − 1) of each entry of the type table; −1 where the type is not in the policy.
    private(set) var places: [Int32]
    /// The entry of the type table of each final index.
    let entries: [Int]
    let isAttribute: [Bool]
    /// Whether rules about the attribute are always rules about its types.
    let isAlwaysExpanded: [Bool]
    /// For each attribute its types, ascending; empty for types.
    private(set) var members: [[UInt16]]
    private var words: [UInt64]
    private var excludedWords: [UInt64]

    init(places: [Int32], entries: [Int], isAttribute: [Bool], isAlwaysExpanded: [Bool]) {
        self.places = places
        self.entries = entries
        self.isAttribute = isAttribute
        self.isAlwaysExpanded = isAlwaysExpanded
        members = [[UInt16]](repeating: [], count: entries.count)
        words = [UInt64](repeating: 0, count: (entries.count + 63) / 64)
        excludedWords = words
    }

    mutating func setMembers(_ set: Set<UInt16>, of attribute: Int) {
        members[attribute] = set.sorted()
    }

    func place(_ entry: Int32) -> Int? {
        let place = places[Int(entry)]
        return place < 0 ? nil : Int(place)
    }

    /// The final indices of a set's types, ascending, into `result`. Attributes stay as they are unless the set takes
    /// something away, or `always` (libsepol, src/expand.c: `type_set_expand`).
    mutating func expand(_ set: TypeSet, _ resolution: Resolution, always: Bool, into result: inout [UInt16]) {
        result.removeAll(keepingCapacity: true)
        let included = resolution.included(set)
        let excluded = resolution.excluded(set)
        let expands = always || !excluded.isEmpty || set.isStar || set.isComplement
        // Most sets are one name.
        if included.count == 1, excluded.isEmpty, !set.isStar, !set.isComplement {
            guard let place = place(included[included.startIndex]) else { return }
            if isAttribute[place], expands || isAlwaysExpanded[place] {
                result.append(contentsOf: members[place])
            } else {
                result.append(UInt16(place))
            }
            return
        }
        for index in words.indices { words[index] = 0 }
        for entry in included {
            guard let place = place(entry) else { continue }
            if isAttribute[place], expands || isAlwaysExpanded[place] {
                for member in members[place] { words[Int(member) >> 6] |= 1 << UInt64(member & 63) }
            } else {
                words[place >> 6] |= 1 << UInt64(place & 63)
            }
        }
        if expands { takeAway(excluded, set) }
        for index in words.indices {
            var rest = words[index]
            while rest != 0 {
                result.append(UInt16(index << 6 + rest.trailingZeroBitCount))
                rest &= rest - 1
            }
        }
    }

    /// How many types a set has at most, attributes expanded.
    func countAtMost(_ set: TypeSet, _ resolution: Resolution) -> Int {
        if set.isStar || set.isComplement { return entries.count }
        return resolution.included(set).reduce(0) { count, entry in
            guard let place = place(entry) else { return count }
            return count + (isAttribute[place] ? members[place].count : 1)
        }
    }

    private mutating func takeAway(_ excluded: ArraySlice<Int32>, _ set: TypeSet) {
        for index in excludedWords.indices { excludedWords[index] = 0 }
        for entry in excluded {
            guard let place = place(entry) else { continue }
            if isAttribute[place] {
                for member in members[place] { excludedWords[Int(member) >> 6] |= 1 << UInt64(member & 63) }
            } else {
                excludedWords[place >> 6] |= 1 << UInt64(place & 63)
            }
        }
        if set.isStar {
            for place in entries.indices where !isAttribute[place] { words[place >> 6] |= 1 << UInt64(place & 63) }
        }
        for index in words.indices { words[index] &= ~excludedWords[index] }
        if set.isComplement, !set.isStar {
            for place in entries.indices where !isAttribute[place] { words[place >> 6] ^= 1 << UInt64(place & 63) }
        }
    }
}
