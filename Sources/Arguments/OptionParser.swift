/// Reads a command line word by word: `-Mo file`, `-ofile`, `--name value`, `--name=value`, and `--` before operands.
///
/// It is our own because starting a general library for it takes longer than compiling a policy; and it can be inlined because
/// finding out at run time what its options are takes longer than reading them.
@frozen public struct OptionParser<Option: CommandOption> {
    @frozen public enum Item {
        case operand(String)
        case option(Option, String)
    }

    @usableFromInline let words: [String]
    @usableFromInline var position = 0
    /// Letters of a word that are not read yet.
    @usableFromInline var letters: Substring = ""
    @usableFromInline var onlyOperands = false

    @inlinable public init(_ words: [String]) {
        self.words = words
    }

    /// The words that have not been read yet: those of a command that is to be run, behind its own options.
    @inlinable public var rest: [String] { Array(words[position...]) }

    /// The next item; nil at the end.
    @inlinable public mutating func next() throws(UsageError) -> Item? {
        if !letters.isEmpty { return try letterOption() }
        guard position < words.count else { return nil }
        let word = words[position]
        position += 1
        if onlyOperands || word == "-" || !word.hasPrefix("-") { return .operand(word) }
        if word == "--" {
            onlyOperands = true
            return try self.next()
        }
        if word.hasPrefix("--") { return try namedOption(word.dropFirst(2)) }
        letters = word.dropFirst()
        return try letterOption()
    }

    @inlinable mutating func letterOption() throws(UsageError) -> Item {
        let letter = letters.removeFirst()
        guard let option = Option.allCases.first(where: { $0.letter == letter }) else {
            throw .init(message: "there is no option `-\(letter)`")
        }
        guard option.value != nil else { return .option(option, "") }
        if !letters.isEmpty {
            let value = String(letters)
            letters = ""
            return .option(option, value)
        }
        return .option(option, try value(of: "-\(letter)"))
    }

    @inlinable mutating func namedOption(_ text: Substring) throws(UsageError) -> Item {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard let option = Option.allCases.first(where: { $0.name == name }) else {
            throw .init(message: "there is no option `--\(name)`")
        }
        if option.value == nil {
            guard parts.count == 1 else { throw .init(message: "`--\(name)` takes no value") }
            return .option(option, "")
        }
        if parts.count == 1, option.valueIsOptional { return .option(option, "") }
        return .option(option, parts.count == 2 ? String(parts[1]) : try value(of: "--\(name)"))
    }

    @inlinable mutating func value(of name: String) throws(UsageError) -> String {
        guard position < words.count else { throw .init(message: "`\(name)` needs a value") }
        position += 1
        return words[position - 1]
    }
}
