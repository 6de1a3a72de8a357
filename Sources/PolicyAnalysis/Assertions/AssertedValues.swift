import Flask

/// The values of booleans with which an assertion is to hold.
struct AssertedValues {
    /// By index: those that the policy is loaded with, but for those that were named.
    let values: [Bool]
    let named: Bitmap
    /// Whether it is to hold with all values of the others.
    let isAboutAny: Bool

    /// More booleans than these are not tried: their values are twice as many for each.
    static let triedBooleans = 10

    /// All values that are meant, as far as they differ in booleans that matter; nil for too many.
    func assignments(of relevant: Bitmap) -> [[Bool]]? {
        guard isAboutAny else { return [values] }
        let places = relevant.filter { values.indices.contains($0) && !named.contains($0) }
        guard places.count <= Self.triedBooleans else { return nil }
        return Self.sets(of: places.count).map { set in
            var values = values
            for (bit, place) in places.enumerated() where set >> bit & 1 == 1 { values[place].toggle() }
            return values
        }
    }

    /// The fewest booleans that must have other values than ``values`` so that a branch of a condition holds; nil when none would do. Throws
    /// for too many of them. `buffer` holds ``values`` before and after: it is not copied for each of many conditions.
    func changes(toHave branch: Bool, of conditional: Conditional, _ buffer: inout [Bool]) throws(TooManyBooleans) -> [Int]? {
        if conditional.value(buffer) == branch { return [] }
        guard isAboutAny else { return nil }
        let places = conditional.booleans.filter { values.indices.contains($0) && !named.contains($0) }
        guard places.count <= Self.triedBooleans else { throw TooManyBooleans() }
        for set in Self.sets(of: places.count).dropFirst() {
            let changed = places.enumerated().filter { set >> $0.offset & 1 == 1 }.map(\.element)
            for place in changed { buffer[place].toggle() }
            let isHolding = conditional.value(buffer) == branch
            for place in changed { buffer[place].toggle() }
            if isHolding { return changed }
        }
        return nil
    }

    struct TooManyBooleans: Error {}

    /// Sets of so many things as bits, those with the fewest first.
    private static func sets(of count: Int) -> [Int] {
        (0..<(1 << count)).sorted { ($0.nonzeroBitCount, $0) < ($1.nonzeroBitCount, $1) }
    }
}

extension Conditional {
    /// The booleans of its expression, as indices.
    var booleans: Bitmap { Bitmap(expression.lazy.filter { $0.operation == .boolean && $0.boolean > 0 }.map { Int($0.boolean) - 1 }) }
}
