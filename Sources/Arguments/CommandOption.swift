/// An option of a command line.
public protocol CommandOption: CaseIterable {
    /// The letter behind one dash; by default `h` for `--help`, and none for others.
    var letter: Character? { get }
    /// The name behind two dashes.
    var name: String? { get }
    /// What the value is called in the help; nil for an option without one.
    var value: String? { get }
    /// Whether the value may be left out; it is given as `--name=value` only.
    var valueIsOptional: Bool { get }
    /// What it does, for the help: one line or a few.
    var help: String { get }
}

extension CommandOption {
    public var letter: Character? { name == "help" ? "h" : nil }
    public var valueIsOptional: Bool { false }

    /// A line or more for each option, names in one column and what they do in another.
    public static var helpText: String {
        var text = ""
        for option in allCases {
            var names: [String] = []
            if let letter = option.letter { names.append("-\(letter)") }
            if let name = option.name { names.append("--\(name)") }
            var left = "  " + names.joined(separator: ", ")
            if let value = option.value { left += option.valueIsOptional ? "[=" + value + "]" : " " + value }
            let gap = left.count < 30 ? String(repeating: " ", count: 30 - left.count) : "\n" + String(repeating: " ", count: 30)
            text += left + gap + option.help + "\n"
        }
        return text
    }
}
