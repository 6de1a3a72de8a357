import Flask

/// What makes a list of names begin with the names that are wanted, in their order.
struct ListEdit {
    /// With their numbers in the wanted list, counted from 1.
    private(set) var added: [(name: String, number: Int)] = []
    private(set) var moved: [(name: String, number: Int)] = []
    /// Names that are not wanted and stand before some that are: at the end they do no harm.
    private(set) var removed: [Name] = []

    init(from found: [Name], to wanted: [String]) {
        let numbers = Dictionary(wanted.enumerated().map { (Name($1), $0 + 1) }, uniquingKeysWith: { first, _ in first })
        let known = Dictionary(found.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        let last = found.lastIndex { numbers[$0] != nil }
        for (place, name) in found.enumerated() where numbers[name] == nil {
            if let last, place < last { removed.append(name) }
        }
        let staying = Self.longestAscent(found.compactMap { numbers[$0] })
        for (index, name) in wanted.enumerated() {
            if known[Name(name)] == nil {
                added.append((name, index + 1))
            } else if !staying.contains(index + 1) {
                moved.append((name, index + 1))
            }
        }
    }

    /// As many of the numbers as can stay in their places.
    private static func longestAscent(_ numbers: [Int]) -> Set<Int> {
        var best: [(length: Int, previous: Int?)] = []
        for (place, number) in numbers.enumerated() {
            var choice: (length: Int, previous: Int?) = (1, nil)
            for earlier in 0..<place where numbers[earlier] < number && best[earlier].length + 1 > choice.length {
                choice = (best[earlier].length + 1, earlier)
            }
            best.append(choice)
        }
        var result: Set<Int> = []
        var place = best.indices.max { best[$0].length < best[$1].length }
        while let current = place {
            result.insert(numbers[current])
            place = best[current].previous
        }
        return result
    }
}
