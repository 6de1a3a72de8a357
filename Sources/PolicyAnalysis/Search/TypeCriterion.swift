import Flask

/// The types and attributes that a rule may say where a question names some.
struct TypeCriterion {
    /// By number.
    private var numbers: [Bool]
    /// The types that are meant, as indices; where it is direct those that are named, attributes among them.
    let types: Bitmap

    init(_ pattern: NamePattern, isDirect: Bool, _ policy: Policy, or others: [Name]) throws(QuestionMistake) {
        numbers = [Bool](repeating: false, count: policy.types.count + 1)
        // An expression is about types where attributes stand for theirs.
        let aliases = pattern.isExpression ? [] : policy.typeAliases
        let names = policy.types.map { $0.flatMap { pattern.isExpression && !isDirect && $0.isAttribute ? nil : $0.name } } + aliases.map(\.name)
        var named = Bitmap()
        for index in try pattern.indices(among: names, or: others, what: "type, attribute or role") {
            named.insert(index < policy.types.count ? index : Int(aliases[index - policy.types.count].number) - 1)
        }
        guard !isDirect else {
            types = named
            for index in named { numbers[index + 1] = true }
            return
        }
        var meant = Bitmap()
        for (type, attributes) in policy.typeAttributes.enumerated() where policy.types[type]?.isAttribute != true {
            if attributes.intersects(named) { meant.insert(type) }
        }
        types = meant
        for type in meant {
            for attribute in policy.typeAttributes[type] where attribute + 1 < numbers.count { numbers[attribute + 1] = true }
        }
    }

    @inline(__always)
    func contains(_ number: some BinaryInteger) -> Bool {
        let number = Int(number)
        return number < numbers.count && numbers[number]
    }
}
