import Arguments

extension OptionParser {
    /// The operands of a command, just as many as are asked for, between options other than `--help`, which something else takes; nil
    /// where that stands among them, which may be all that is wanted.
    mutating func operands(
        _ questions: [String], option: (Option, String) throws(UsageError) -> Void = { _, _ in }
    ) throws(UsageError) -> [String]? {
        var operands: [String] = []
        var printsHelp = false
        while let item = try next() {
            switch item {
            case .operand(let word):
                guard operands.count < questions.count else { throw UsageError(message: "`\(word)` is one too many") }
                operands.append(word)
            case .option(let option, _) where option.name == "help": printsHelp = true
            case .option(let option_, let value): try option(option_, value)
            }
        }
        guard !printsHelp else { return nil }
        guard operands.count == questions.count else { throw UsageError(message: "say \(questions[operands.count])") }
        return operands
    }
}
