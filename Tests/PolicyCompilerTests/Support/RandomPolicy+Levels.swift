import TestSupport

extension RandomPolicy {
    /// The sensitivities and categories of a policy.
    struct Levels {
        struct Sensitivity {
            /// Its name, and behind it the aliases.
            let names: [String]
            /// The categories that its level has, by number.
            var categories: [Int] = []
        }

        /// In the order of dominance, lowest first.
        var sensitivities: [Sensitivity] = []
        var categories: [[String]] = []
    }

    struct Level {
        var sensitivity: Int
        var categories: Set<Int>
    }

    struct LevelRange {
        var low: Level
        var high: Level
    }

    mutating func writeLevels() {
        var sensitivities: [[String]] = []
        for index in 0..<random.pick([1, 2, 4, 17, 40]) {
            let name = random.percent(60) ? "s\(index)" : name("sens", index)
            var aliases: [String] = []
            for _ in 0..<random.pick([0, 0, 0, 1, 3]) { aliases.append(self.name("sa", index)) }
            sensitivities.append([name] + aliases)
            emit("sensitivity \(name)\(aliasPart(aliases));")
        }
        sensitivities.shuffle(using: &random)
        if sensitivities.count == 1, random.percent(50) {
            emit("dominance \(sensitivities[0][0])")
        } else {
            emit("dominance { \(sensitivities.map { $0[0] }.joined(separator: " ")) }")
        }
        for index in 0..<random.pick([0, 1, 5, 17, 70, 200]) {
            let name = random.percent(60) ? "c\(index)" : name("cat", index)
            var aliases: [String] = []
            for _ in 0..<random.pick([0, 0, 0, 1, 3]) { aliases.append(self.name("ca", index)) }
            levels.categories.append([name] + aliases)
            emit("category \(name)\(aliasPart(aliases));")
        }
        levels.sensitivities = sensitivities.map { .init(names: $0) }
        for index in levels.sensitivities.indices {
            levels.sensitivities[index].categories =
                random.percent(60)
                ? Array(levels.categories.indices) : random.some(Array(levels.categories.indices), 0, levels.categories.count).sorted()
        }
        for index in levels.sensitivities.indices.shuffled(using: &random) {
            let level = levels.sensitivities[index]
            emit("level \(levelText(Level(sensitivity: index, categories: Set(level.categories))));")
        }
        for index in 0..<(1 + random.below(5)) {
            if index > 0, random.percent(30) {
                emit("mlsvalidatetrans \(someClasses()) \(constraintExpression(.levelTransition));")
            } else {
                let (classes, permissions) = constrainedPermissions()
                emit("mlsconstrain \(classes) \(permissions) \(constraintExpression(.level));")
            }
        }
    }

    mutating func aliasPart(_ aliases: [String]) -> String {
        aliases.isEmpty ? "" : " alias \(braced(aliases))"
    }

    mutating func someClasses() -> String { braced(random.some(classes.map(\.name), 1, 3)) }

    // MARK: Levels and ranges

    mutating func levelText(_ level: Level) -> String {
        var text = random.pick(levels.sensitivities[level.sensitivity].names)
        var parts: [String] = []
        var rest = level.categories.sorted()[...]
        while let first = rest.first {
            var count = 1
            while count < rest.count, rest[rest.startIndex + count] == first + count { count += 1 }
            if count > 1, random.percent(80) {
                let last = first + count - 1
                parts.append("\(random.pick(levels.categories[first])).\(random.pick(levels.categories[last]))")
                rest = rest.dropFirst(count)
            } else {
                parts.append(random.pick(levels.categories[first]))
                rest = rest.dropFirst()
            }
        }
        if random.percent(20) { parts.shuffle(using: &random) }
        if !parts.isEmpty { text += (random.percent(10) ? " : " : ":") + parts.joined(separator: ",") }
        return text
    }

    mutating func rangeText(_ range: LevelRange) -> String {
        if range.low.sensitivity == range.high.sensitivity, range.low.categories == range.high.categories,
            random.percent(70)
        {
            return levelText(range.low)
        }
        return levelText(range.low) + (random.percent(70) ? " - " : " -") + levelText(range.high)
    }

    /// A valid range inside another, or inside everything.
    mutating func range(inside outer: LevelRange? = nil) -> LevelRange {
        if isCareless() {
            return LevelRange(low: anyLevel(), high: anyLevel())
        }
        let top = outer?.high.sensitivity ?? levels.sensitivities.count - 1
        let bottom = outer?.low.sensitivity ?? 0
        let high = bottom + random.below(top - bottom + 1)
        let low = bottom + random.below(high - bottom + 1)
        let least = outer?.low.categories ?? []
        let most = outer?.high.categories ?? Set(levels.categories.indices)
        func allowed(_ sensitivity: Int) -> Set<Int> {
            Set(levels.sensitivities[sensitivity].categories).intersection(most)
        }
        guard allowed(low).isSuperset(of: least), allowed(high).isSuperset(of: least) else {
            return outer ?? LevelRange(low: Level(sensitivity: low, categories: []), high: Level(sensitivity: low, categories: []))
        }
        let lows = least.union(random.some(allowed(low).intersection(allowed(high)).subtracting(least).sorted(), 0, 6))
        let highs = lows.union(random.some(allowed(high).subtracting(lows).sorted(), 0, random.pick([0, 6, 200])))
        return LevelRange(low: Level(sensitivity: low, categories: lows), high: Level(sensitivity: high, categories: highs))
    }

    private mutating func anyLevel() -> Level {
        Level(
            sensitivity: random.below(levels.sensitivities.count),
            categories: Set(random.some(Array(levels.categories.indices), 0, 3)))
    }
}
