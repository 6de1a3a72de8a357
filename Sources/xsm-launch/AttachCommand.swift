import Arguments
import DMRestrict
import Files
import Glibc

/// An option of the commands that have none but `--help`.
enum HelpOption: CommandOption {
    case help

    var name: String? { "help" }
    var value: String? { nil }
    var help: String { "print this" }
}

/// `xsm-launch attach`: a guest's console, at this terminal.
struct AttachCommand: Subcommand {
    typealias Option = HelpOption

    private let word: String
    private(set) var printsHelp = false

    init(_ words: [String]) throws(UsageError) {
        var parser = OptionParser<HelpOption>(words)
        var help = false
        word = try parser.operands("whose console, by a process's number or a guest's name: `xsm-launch list` has them") { _, _ in
            help = true
            return false
        }[0]
        printsHelp = help
    }

    /// The exit status: 0 when it was left or has ended, 125 when there is none.
    func run() -> Int32 {
        do throws(CommandFailure) {
            let console = try Console(at: LaunchRegister.ofThisHost.sockets(of: word).console())
            _ = console.attach()
            return 0
        } catch {
            tell("error: \(error.message)\n", STDERR_FILENO)
            return 125
        }
    }
}
