import Arguments
import Commands
import Diagnostics
import Files
import Glibc
import PolicyAnalysis
import PolicyReports
import Reports

/// `xsm-policy test`: whether a policy is as files of assertions say.
struct TestCommand: Subcommand {
    typealias Format = TestFormat

    static let manual = Manual(
        "[OPTION…] POLICY [FILE…]",
        about: """
            Whether the policy is as assertions say, and why not. Without FILE they are in the file
            `assertions` of a policy tree. A line is one assertion:

                test "guests have no power over dom0"
                    deny  guest_type dom0_t:domain *
                    deny  * security_t:security load_policy  except dom0_t
                    transition domU_t domU_t:domain domU_t_self
                    no flow isolated_domU_t domU_t except { dom0_t xenstore_t }
            """,
        examples: [
            "in a build, with a file for its server":
                "xsm-policy test --format junit Policies/reference >tests.xml",
        ],
        statuses: ["0": "all hold", "1": "one does not", "2": "they cannot be decided"])

    private var policy = PolicyFile("-")
    private var files: [String] = []
    private var only: NamePattern?
    private var isQuiet = false

    mutating func set(_ option: TestOption, to value: String) throws(UsageError) {
        guard option == .only else {
            isQuiet = true
            return
        }
        do throws(QuestionMistake) {
            only = try NamePattern(value)
        } catch {
            throw UsageError(message: error.message)
        }
    }

    static func kind(of option: TestOption) -> WordKind { .other }

    static func kind(ofOperand operands: [String]) -> WordKind { .file }

    mutating func take(_ operands: [String]) throws(UsageError) {
        guard let first = operands.first else { throw UsageError(message: "there is no policy, and no file of assertions") }
        policy = PolicyFile(first)
        files = Array(operands.dropFirst())
        if files.isEmpty {
            guard first != "-", Files.isDirectory(first) else {
                throw UsageError(message: "there is no file of assertions: `xsm-policy test POLICY FILE…`")
            }
            files = [first + (first.hasSuffix("/") ? "assertions" : "/assertions")]
        }
        guard operands.count(where: { $0 == "-" }) <= 1 else { throw UsageError(message: "the standard input is read once") }
    }

    func run(_ input: InputOptions, _ format: TestFormat) throws(CommandFailure) -> CommandAnswer {
        var map = SourceMap()
        var diagnostics: [Diagnostic] = []
        var parsed: [AssertionFile] = []
        for file in files { parsed.append(AssertionFile(try read(file, &map), diagnostics: &diagnostics)) }
        guard diagnostics.isEmpty else { throw .text(diagnostics, map) }
        try leaveOut(from: &parsed)
        let policy = try policy.read(input)
        var report = TestReport(
            map: map, policy: policy, onlyFailures: isQuiet, style: VerdictStyle(isColoured: Files.mayUseColour(STDOUT_FILENO)))
        do throws(QuestionMistake) {
            for file in parsed {
                report.files.append((file.name, try policy.check(file, diagnostics: &diagnostics)))
            }
        } catch {
            throw .question(error)
        }
        guard diagnostics.isEmpty else { throw .text(diagnostics, map) }
        return CommandAnswer(report.holds ? .answered : .otherOutcome, report.bytes(format))
    }

    /// The tests that nobody asks for: nothing about them matters, not even names that are not there.
    private func leaveOut(from parsed: inout [AssertionFile]) throws(CommandFailure) {
        guard let only else { return }
        do throws(QuestionMistake) {
            for index in parsed.indices { try parsed[index].keepTests(named: only) }
        } catch {
            throw .question(error)
        }
    }

    private func read(_ path: String, _ map: inout SourceMap) throws(CommandFailure) -> SourceFile {
        let file = try PolicyFile(path).bytesOfText()
        do throws(SourceMap.TooLarge) {
            return try map.add(name: path == "-" ? "<stdin>" : path, bytes: file)
        } catch {
            throw .policy(.tooLarge(path, limit: error.limit))
        }
    }
}
