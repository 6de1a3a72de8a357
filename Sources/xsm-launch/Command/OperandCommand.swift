import Arguments
import Commands

/// A command that has operands, and no option but `--help`.
protocol OperandCommand: Subcommand where Option == HelpOption {
    /// What each operand answers: one that is left out is asked for by this.
    static var questions: [String] { get }

    init(operands: [String])
}

extension OperandCommand {
    init?(_ words: [String]) throws(UsageError) {
        var parser = OptionParser<HelpOption>(words)
        guard let operands = try parser.operands(Self.questions) else { return nil }
        self.init(operands: operands)
    }
}
