import Arguments
import Commands
import Files
import Flask
import Glibc
import Hypervisor
import Reports

/// `xsm-hypervisor scenario`: does what a script says and compares it with what was to come of it.
struct ScenarioCommand: RunnableCommand {
    typealias Option = ScenarioOption

    static let manual = Manual(
        "--policy POLICY [OPTION…] SCENARIO", "--operations",
        about: """
            Does what a script says, each line a domain and an operation of Xen's interface, and compares what comes of it with what the
            line expects. Of what is denied the missing rule is named.
            """,
        examples: [
            "what guests may do, and what not":
                "xsm-hypervisor scenario --policy xenpolicy-4.17 Policies/scenarios/reference.scenario",
            "what domains can be told to do":
                "xsm-hypervisor scenario --operations",
        ],
        statuses: ["0": "everything came as it was to come", "1": "something did not", "2": "the scenario cannot be run"])
    static let statusOfFailure: Int32 = 2

    private var policy: String?
    private var release = XenRelease("4.17") ?? .newest
    private var module = SecurityModule.flask
    private var isStrict = false
    private var mode = BootMode.enforcing
    private var hasIOMMU = true
    private var remapsInterrupts = true
    private var commandLine = ""
    private var format = TextFormat.text
    private var isVerbose = false
    private var isQuiet = false
    private var listsOperations = false
    private var file: String?

    init?(_ words: [String]) throws(UsageError) {
        var printsHelp = false
        var parser = OptionParser<ScenarioOption>(words)
        while let item = try parser.next() {
            switch item {
            case .operand(let word):
                guard file == nil else { throw UsageError(message: "there is more than one scenario: `\(word)`") }
                file = word
            case .option(.help, _): printsHelp = true
            case .option(let option, let value): try set(option, value)
            }
        }
        guard !printsHelp else { return nil }
        guard !listsOperations else { return }
        if file == nil { throw UsageError(message: "there is no scenario: name its file") }
        if module == .flask, mode == .enforcing, policy == nil { throw UsageError(message: "there is no policy to try: name one with `--policy`") }
    }

    private mutating func set(_ option: ScenarioOption, _ value: String) throws(UsageError) {
        switch option {
        case .policy: policy = value
        case .release: release = try RunArguments.release(value)
        case .module: module = try option.choice(value)
        case .strict: isStrict = true
        case .flask: mode = try option.choice(value)
        case .noIOMMU: hasIOMMU = false
        case .noRemapping: remapsInterrupts = false
        case .commandLine: commandLine = value
        case .format: format = try option.choice(value)
        case .quiet: isQuiet = true
        case .operations: listsOperations = true
        case .verbose: isVerbose = true
        case .help: break
        }
    }

    /// The exit status: 0 when everything came as it was to come, 1 when not, 2 when the scenario cannot be run.
    func run() throws(CommandFailure) -> Int32 {
        if listsOperations {
            try answer(ScenarioReport.operations)
            return 0
        }
        let scenario = try readScenario()
        let outcomes = try outcomes(of: scenario)
        let style = VerdictStyle(isColoured: Files.mayUseColour(STDOUT_FILENO))
        switch format {
        case .text: try answer(ScenarioReport.text(outcomes, asksToo: isVerbose, onlyFailures: isQuiet, style))
        case .json: try answer(ScenarioReport.json(outcomes))
        }
        return outcomes.allSatisfy(\.isAsExpected) ? 0 : 1
    }

    private func readScenario() throws(CommandFailure) -> Scenario {
        let path = file ?? ""
        let (scenario, mistakes) = try Scenario.parse(String(decoding: contents(path), as: UTF8.self))
        guard mistakes.isEmpty else {
            throw CommandFailure("`\(path)` has mistakes", told: Array(mistakes.map { "\(path):\($0.line): error: \($0.message)\n" }.joined().utf8))
        }
        return scenario
    }

    private func contents(_ path: String) throws(CommandFailure) -> [UInt8] {
        if Files.isDirectory(path) { throw CommandFailure("`\(path)` is a folder, where a scenario is wanted") }
        return try RequiredFile.contents(of: path)
    }

    private func outcomes(of scenario: Scenario) throws(CommandFailure) -> [ScenarioOutcome] {
        guard let vocabulary = Vocabulary(of: release) else { throw CommandFailure("the tables of Xen \(release) are not known") }
        var configuration = Hypervisor.Configuration(vocabulary: vocabulary)
        configuration.module = module
        configuration.bootMode = mode
        configuration.isStrict = isStrict
        configuration.hasIOMMU = hasIOMMU
        configuration.remapsInterrupts = remapsInterrupts
        configuration.commandLine = commandLine
        var image: [UInt8]?
        if let policy { image = try PolicyImage.bytes(of: policy, for: release) }
        do {
            var runner = try ScenarioRunner(configuration, policy: image)
            return runner.run(scenario)
        } catch {
            throw CommandFailure(PolicyImage.words(error, policy, release))
        }
    }
}
