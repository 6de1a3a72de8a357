import Flask

extension Conditional {
    /// More booleans than these are not tried: their values are twice as many for each.
    static let triedBooleans = 10

    struct TooManyBooleans: Error {}

    /// The booleans of its expression, as indices.
    var booleans: Bitmap { Bitmap(expression.lazy.filter { $0.operation == .boolean && $0.boolean > 0 }.map { Int($0.boolean) - 1 }) }

    /// The fewest of its booleans, of those that may change, that must have other values so that a branch holds: none where it does already, nil
    /// when no values would do. Throws for too many that may. `values` are the same before and after: they are not copied for each of many
    /// conditions.
    func changes(
        toHave branch: Bool, _ values: inout [Bool], where mayChange: (Int) -> Bool = { _ in true }
    ) throws(TooManyBooleans) -> [Int]? {
        if value(values) == branch { return [] }
        let places = booleans.filter { values.indices.contains($0) && mayChange($0) }
        guard places.count <= Self.triedBooleans else { throw TooManyBooleans() }
        for set in Self.sets(of: places.count).dropFirst() {
            let changed = places.enumerated().filter { set >> $0.offset & 1 == 1 }.map(\.element)
            for place in changed { values[place].toggle() }
            let isHolding = value(values) == branch
            for place in changed { values[place].toggle() }
            if isHolding { return changed }
        }
        return nil
    }

    /// Sets of so many things as bits, those with the fewest first.
    static func sets(of count: Int) -> [Int] {
        (0..<(1 << count)).sorted { ($0.nonzeroBitCount, $0) < ($1.nonzeroBitCount, $1) }
    }
}
