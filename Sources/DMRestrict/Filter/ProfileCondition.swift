/// Reads a comparison of a line.
enum ProfileCondition {
    static func read(_ words: inout ProfileWords, of call: String) throws(ProfileParser.What) -> ArgumentCondition {
        let name = words.next() ?? ""
        let known = SystemCallArgument.all(of: call)
        guard let argument = known.first(where: { $0.name == name }) else {
            throw .init(.unknownArgument(name, of: call, known: known.map(\.name)))
        }
        var mask: UInt64?
        if words.peek == "&" {
            _ = words.next()
            mask = try value(&words, argument)
        }
        let sign = words.next() ?? ""
        let condition: ArgumentCondition
        switch (sign, mask) {
        case ("in", _):
            var values: [UInt64] = []
            // Bounded by the length of the line.
            while let next = words.peek, next != ",", next != "=>" { values.append(try value(&words, argument)) }
            condition = equality(argument, mask, values)
        case ("==", _): condition = equality(argument, mask, [try value(&words, argument)])
        case (_, nil):
            guard let comparison = ArgumentCondition.Comparison(rawValue: sign) else {
                throw .init(.malformed(sign, wanted: "a comparison"))
            }
            if !argument.isWide, [.unequal, .greater, .atLeast].contains(comparison) {
                throw .init(.narrow(name, comparison: sign))
            }
            condition = ArgumentCondition(argument: argument.index, comparison, values: [try value(&words, argument)])
        case (_, _): throw .init(.malformed(sign, wanted: "`==` or `in`"))
        }
        guard condition.values.allSatisfy({ only(condition, $0).example != nil }), !condition.values.isEmpty else {
            throw .init(.neverHolds(name))
        }
        return condition
    }

    private static func equality(_ argument: SystemCallArgument, _ mask: UInt64?, _ values: [UInt64]) -> ArgumentCondition {
        var seen: Set<UInt64> = []
        let values = values.filter { seen.insert($0).inserted }
        return ArgumentCondition(argument: argument.index, mask == nil ? .equal : .masked, mask: mask ?? .max, values: values)
    }

    private static func only(_ condition: ArgumentCondition, _ value: UInt64) -> ArgumentCondition {
        ArgumentCondition(argument: condition.argument, condition.comparison, mask: condition.mask, values: [value])
    }

    /// A number, a constant, or several joined.
    private static func value(_ words: inout ProfileWords, _ argument: SystemCallArgument) throws(ProfileParser.What) -> UInt64 {
        var value = try term(words.next() ?? "", argument)
        while words.peek == "|" {
            _ = words.next()
            value |= try term(words.next() ?? "", argument)
        }
        return value
    }

    private static func term(_ word: String, _ argument: SystemCallArgument) throws(ProfileParser.What) -> UInt64 {
        if let constant = argument.constants[word] { return constant }
        if word.hasPrefix("0x"), let number = UInt64(word.dropFirst(2), radix: 16) { return number }
        if let number = UInt64(word) { return number }
        guard word.utf8.contains(where: { $0 >= 48 }) else { throw .init(.malformed(word, wanted: "a value")) }
        throw .init(.unknownConstant(word, argument: argument.name, known: argument.constants.keys.sorted()))
    }
}
