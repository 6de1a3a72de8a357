import Arguments
import Commands
import DMRestrict
import Files
import Glibc

/// `xsm-launch attach`: one of a guest's consoles, at this terminal.
struct AttachCommand: Subcommand {
    typealias Option = HelpOption

    static let manual = Manual(
        "NAME [N]",
        about: """
            Shows one of a guest's consoles at this terminal: the N-th, counted from 1. Control-] leaves it.
            """,
        examples: [
            "the guest's console":
                "xsm-launch attach web",
        ],
        statuses: ["0": "it was left, or the guest has ended", "1": "there is none", "2": "the command line is wrong"])

    private let word: String
    /// Which of the guest's consoles, from 1.
    private var number = 1

    init?(_ words: [String]) throws(UsageError) {
        var parser = OptionParser<HelpOption>(words)
        var operands: [String] = []
        var printsHelp = false
        while let item = try parser.next() {
            switch item {
            case .operand(let word):
                guard operands.count < 2 else { throw UsageError(message: "`\(word)` is one too many") }
                operands.append(word)
            case .option(.help, _): printsHelp = true
            }
        }
        guard !printsHelp else { return nil }
        guard let word = operands.first else {
            throw UsageError(message: "say whose console, by a process's number or a guest's name: `xsm-launch list` has them")
        }
        self.word = word
        guard operands.count > 1 else { return }
        guard let number = Int(operands[1]), number > 0 else { throw UsageError(message: "`\(operands[1])` is no number of a console: they are counted from 1") }
        self.number = number
    }

    /// The exit status: 0 when it was left or has ended, 1 when there is none.
    func run() throws(CommandFailure) -> Int32 {
        let sockets = try LaunchRegister.ofThisHost.record(of: word).sockets()
        // No device model is passed more descriptors than this.
        let numbers = (1...64).filter { Files.exists(sockets.console($0)) }
        guard !numbers.isEmpty else { throw CommandFailure("`\(word)` has no console: its serial ports lead elsewhere") }
        guard numbers.contains(number) else {
            throw CommandFailure("`\(word)` has no console \(number): there \(numbers.count == 1 ? "is" : "are") \(numbers.map { "\($0)" }.joined(separator: ", "))")
        }
        let console = try Console(at: sockets.console(number))
        _ = console.attach()
        return 0
    }
}
