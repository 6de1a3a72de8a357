import Arguments
import Commands
import Diagnostics
import Files
import Glibc
import PolicyAnalysis
import PolicyCompiler
import PolicyReports
import Reports

/// `xsm-policy lint`: what is odd about a policy.
struct LintCommand: Subcommand {
    typealias Format = LintFormat

    static let manual = Manual(
        "[OPTION…] POLICY",
        about: """
            What has no effect in a policy, or more than one should overlook: of a source what the
            compiler warns of, and of every policy booleans that change nothing, roles and users that
            no context can have, transitions that cannot come about, constraints that always or never
            hold, permissive types, and, as a note, who has power over the policy itself. Each finding
            has a code, of which `xsm-compile --explain CODE` tells more, and which a comment in the
            source silences: `# xsm: allow CODE reason`.
            """,
        examples: [
            "what could be better":
                "xsm-policy lint Policies/reference",
        ],
        statuses: ["0": "there is nothing worse than a note", "1": "there is a warning or an error", "2": "it cannot be told"])

    private var file = PolicyFile("-")
    private var selection = LintSelection()

    mutating func set(_ option: LintOption, to value: String) throws(UsageError) {
        guard DiagnosticCatalogue.entries.contains(where: { $0.code.name == value }) else {
            let nearest = DiagnosticCatalogue.nearest(to: value).map { ": did you mean `\($0)`?" } ?? ""
            throw UsageError(message: "there is no finding with the code `\(value)`\(nearest)")
        }
        switch option {
        case .exclude: selection.excluded.insert(Diagnostic.Code(value))
        case .deny: selection.denied.insert(Diagnostic.Code(value))
        }
    }

    static func kind(of option: LintOption) -> WordKind { .choice(DiagnosticCatalogue.entries.map(\.code.name)) }

    mutating func take(_ operands: [String]) throws(UsageError) { file = try PolicyFile(only: operands) }

    func run(_ input: InputOptions, _ format: LintFormat) throws(CommandFailure) -> CommandAnswer {
        var input = input
        input.isLinted = true
        let answer = try file.read(input).lint(selection)
        let counts = DiagnosticCounts(of: answer.findings)
        let bytes: [UInt8]
        switch format {
        case .text:
            let renderer = TextRenderer(style: Files.mayUseColour(STDOUT_FILENO) ? .ansi : .plain)
            bytes = renderer.render(answer.findings, in: answer.map) + renderer.summary(of: counts)
        case .json: bytes = JSONRenderer(indented: true).render(answer.findings, in: answer.map, counts: counts)
        case .sarif:
            let renderer = SARIFRenderer(tool: .init(name: "xsm-policy", version: ToolVersion.current), rules: DiagnosticCatalogue.rules)
            bytes = renderer.render(answer.findings, in: answer.map)
        }
        return CommandAnswer(answer.hasWarnings ? .otherOutcome : .answered, bytes)
    }
}
