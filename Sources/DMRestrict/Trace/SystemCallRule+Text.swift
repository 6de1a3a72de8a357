extension SystemCallRule {
    /// The line of a profile, up to where its reason would begin.
    public var text: String {
        let known = SystemCallArgument.all(of: name)
        let comparisons = conditions.map { condition in
            let argument = known.first { $0.index == condition.argument }
            let name = argument?.name ?? "arg\(condition.argument)"
            let values = condition.values.map { $0 == 0 && condition.comparison == .masked ? "0" : Self.text($0, argument) }
            let left = condition.comparison == .masked ? "\(name) & \(Self.text(condition.mask, argument))" : name
            let sign = condition.comparison == .masked ? "==" : condition.comparison.rawValue
            return values.count == 1 ? "\(left) \(sign) \(values[0])" : "\(left) in \(values.joined(separator: " "))"
        }
        let error = error.map { number in
            " => " + (ErrorNames.numbers.filter { $0.value == number }.keys.min() ?? "\(number)")
        }
        return name + (comparisons.isEmpty ? "" : ": " + comparisons.joined(separator: ", ")) + (error ?? "")
    }

    /// A constant's name; of bits their names, and what has none as a number; else a number.
    private static func text(_ value: UInt64, _ argument: SystemCallArgument?) -> String {
        let number = value < 10 ? "\(value)" : "0x" + String(value, radix: 16)
        // What an option of sockets is called depends on its level.
        guard let argument, argument.name != "option" || argument.index == 0 else { return number }
        if let name = argument.constants.filter({ $0.value == value }).keys.min() { return name }
        guard hasBits.contains(argument.name), value != 0 else { return number }
        var rest = value
        var names: [String] = []
        for (name, bit) in argument.constants.sorted(by: { ($0.value, $0.key) < ($1.value, $1.key) }).reversed()
        where bit != 0 && rest & bit == bit {
            names.append(name)
            rest &= ~bit
        }
        guard !names.isEmpty else { return number }
        return (names.reversed() + (rest == 0 ? [] : ["0x" + String(rest, radix: 16)])).joined(separator: "|")
    }

    /// Arguments that are sets of bits, not one of several values.
    private static let hasBits: Set<String> = ["flags", "prot", "type"]
}
