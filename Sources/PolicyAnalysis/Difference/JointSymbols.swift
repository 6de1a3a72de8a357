import Flask

/// The symbols of one kind of two policies, matched by name: those of the first keep their indices, those that only the second
/// has follow. Holes, which have no names, match nothing.
struct JointSymbols: Sendable {
    /// By joint index; nil for a hole.
    private(set) var names: [Name?]
    /// For each index of the second policy the joint one.
    private(set) var ofSecond: [Int] = []
    /// For each joint index that of the second policy, where it has the symbol.
    private(set) var inSecond: [Int?]
    let firstCount: Int

    /// Symbols with the same name and another mark, such as a type and an attribute, are not the same.
    init(_ first: [Name?], _ second: [Name?], firstMarks: [Bool] = [], secondMarks: [Bool] = []) {
        struct Key: Hashable {
            let name: Name
            let mark: Bool
        }
        func mark(_ marks: [Bool], _ index: Int) -> Bool { marks.indices.contains(index) && marks[index] }
        names = first
        inSecond = [Int?](repeating: nil, count: first.count)
        firstCount = first.count
        ofSecond.reserveCapacity(second.count)
        // Two builds of one policy mostly number alike.
        var indices: [Key: Int]?
        for (index, name) in second.enumerated() {
            if let name, first.indices.contains(index), first[index] == name, mark(firstMarks, index) == mark(secondMarks, index),
                inSecond[index] == nil
            {
                ofSecond.append(index)
                inSecond[index] = index
                continue
            }
            var place: Int?
            if let name {
                if indices == nil {
                    var made: [Key: Int] = [:]
                    made.reserveCapacity(first.count)
                    for (index, name) in first.enumerated() {
                        if let name { made[Key(name: name, mark: mark(firstMarks, index))] = index }
                    }
                    indices = made
                }
                place = indices?[Key(name: name, mark: mark(secondMarks, index))]
            }
            if let place, inSecond[place] == nil {
                ofSecond.append(place)
                inSecond[place] = index
            } else {
                ofSecond.append(names.count)
                names.append(name)
                inSecond.append(index)
            }
        }
    }

    var count: Int { names.count }

    func isInFirst(_ index: Int) -> Bool { index < firstCount && names[index] != nil }
    func isInSecond(_ index: Int) -> Bool { inSecond[index] != nil && names[index] != nil }

    func name(_ index: Int) -> Name { names.indices.contains(index) ? names[index] ?? "" : "" }

    /// A number of the second policy as a joint one; 0, and numbers that it does not have, stay.
    func joint(_ number: UInt32) -> UInt32 {
        let index = Int(number) - 1
        return ofSecond.indices.contains(index) ? UInt32(ofSecond[index] + 1) : number
    }

    /// A set of indices of the second policy as joint ones.
    func joint(_ set: Bitmap) -> Bitmap {
        Bitmap(set.map { ofSecond.indices.contains($0) ? ofSecond[$0] : $0 }.sorted())
    }

    func names(_ set: Bitmap) -> [Name] { set.compactMap { names.indices.contains($0) ? names[$0] : nil }.sorted() }

    /// Which of a set's names are in one and not in the other.
    func change(_ first: Bitmap, _ second: Bitmap) -> (added: [Name], removed: [Name]) {
        (names(second.subtracting(first)), names(first.subtracting(second)))
    }
}

extension Bitmap {
    func subtracting(_ other: Bitmap) -> Bitmap {
        guard !other.isEmpty, self != other else { return self == other ? [] : self }
        return Bitmap(lazy.filter { !other.contains($0) })
    }
}
