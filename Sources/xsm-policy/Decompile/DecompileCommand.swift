import Arguments
import Commands
import Diagnostics
import Files
import PolicyAnalysis
import PolicyCompiler
import PolicyReports
import Reports

/// `xsm-policy decompile`: a source that compiles to a policy.
struct DecompileCommand: Subcommand {
    typealias Format = PolicyLanguage

    static let manual = Manual(
        "[OPTION…] POLICY",
        about: """
            A policy.conf that compiles to a policy which decides the same, or CIL, of any policy that
            can be read. What a binary does not hold does not come back: macros, comments, neverallow
            rules.
            """,
        examples: [
            "what is in a binary of unknown origin":
                "xsm-policy decompile xenpolicy >policy.conf",
        ],
        statuses: ["0": "it is written", "2": "it cannot be"])

    private var file = PolicyFile("-")
    private var output = "-"

    mutating func set(_ option: DecompileOption, to value: String) { output = value }

    static func kind(of option: DecompileOption) -> WordKind { .file }

    mutating func take(_ operands: [String]) throws(UsageError) { file = try PolicyFile(only: operands) }

    func run(_ input: InputOptions, _ format: PolicyLanguage) throws(CommandFailure) -> CommandAnswer {
        let policy = try file.read(input)
        let text: [UInt8]
        do throws(DecompilationError) {
            text = try policy.decompiled(to: format)
        } catch {
            throw .text([error.diagnostic], SourceMap())
        }
        if output == "-" { return CommandAnswer(.answered, text) }
        do throws(FileError) {
            try Files.write(text, to: output)
        } catch {
            throw .unwritable(error)
        }
        return CommandAnswer(.answered, [])
    }
}
