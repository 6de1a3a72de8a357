import Flask

/// The types that an assertion is about, as indices, and what it says about a target that is the source itself.
struct AssertedTypes {
    /// Those that are named, without those that are taken away.
    var types = Bitmap()
    /// Those that are taken away, also where they come by `self`.
    var excluded = Bitmap()
    var includesSelf = false
    var excludesSelf = false

    var isEmpty: Bool { types.isEmpty && !includesSelf }

    /// Whether a source is a target of its own by `self`, be it named or not.
    func reachesItself(_ source: Int) -> Bool { includesSelf && !excludesSelf && !excluded.contains(source) }

    /// Whether there is any target for a source.
    func hasTarget(of source: Int) -> Bool {
        if reachesItself(source) { return true }
        return excludesSelf ? types.prefix(2).contains { $0 != source } : !types.isEmpty
    }

    /// The targets for one source.
    func targets(of source: Int) -> [Int] {
        var targets = types.filter { !excludesSelf || $0 != source }
        if reachesItself(source), !types.contains(source) { targets.append(source) }
        return targets
    }
}
