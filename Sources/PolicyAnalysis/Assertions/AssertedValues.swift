import Flask

/// The values of booleans with which an assertion is to hold.
struct AssertedValues {
    /// By index: those that the policy is loaded with, but for those that were named.
    let values: [Bool]
    let named: Bitmap
    /// Whether it is to hold with all values of the others.
    let isAboutAny: Bool

    /// All values that are meant, as far as they differ in booleans that matter; nil for too many.
    func assignments(of relevant: Bitmap) -> [[Bool]]? {
        guard isAboutAny else { return [values] }
        let places = relevant.filter { values.indices.contains($0) && !named.contains($0) }
        guard places.count <= Conditional.triedBooleans else { return nil }
        return Conditional.sets(of: places.count).map { set in
            var values = values
            for (bit, place) in places.enumerated() where set >> bit & 1 == 1 { values[place].toggle() }
            return values
        }
    }

    /// The fewest booleans that must have other values than ``values`` so that a branch of a condition holds; nil when none would do. Throws
    /// for too many of them. `buffer` holds ``values`` before and after: it is not copied for each of many conditions.
    func changes(toHave branch: Bool, of conditional: Conditional, _ buffer: inout [Bool]) throws(Conditional.TooManyBooleans) -> [Int]? {
        guard isAboutAny else { return conditional.value(buffer) == branch ? [] : nil }
        return try conditional.changes(toHave: branch, &buffer) { !named.contains($0) }
    }
}
