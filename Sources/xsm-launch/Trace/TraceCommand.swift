import Arguments
import CSandbox
import Commands
import DMRestrict
import Files
import Glibc

/// `xsm-launch trace`: a program under everything but its filter, and what its profile would have to have.
struct TraceCommand: Subcommand {
    typealias Option = TraceOption

    static let manual = Manual(
        "--user UID:GID --profile FILE [OPTION…] PROGRAM [ARGUMENT…]", "[OPTION…] qemu -xen-domid N [QEMU'S ARGUMENT…]",
        about: """
            Runs a program under everything but its filter, and says which system calls it made that its profile does not have (`+`),
            which no profile gets by this and were not done (`!`), and which lines of the profile it did not use (`-`). It is NOT
            restricted by its filter meanwhile: run what you trust. No profile is changed; in the new one that `--output` writes each
            new line is refused until somebody has given it a reason. A link `xsm-qemu-trace` traces in QEMU's place.
            """,
        examples: [
            "what a profile lacks":
                "xsm-launch trace --user 1400001:1400001 --profile minimal.policy --bind /usr/bin:x --bind /lib:x --bind /lib64:x --output new.policy /usr/bin/mkdir /folder",
        ],
        statuses: ["0": "the profile had everything", "1": "it had not", "125": "there was no trace", "2": "the command line is wrong; a device model's status is its own"],
        files: [
            "XSM_TRACE_PROFILE, XSM_TRACE_OUTPUT, XSM_TRACE_REPORT": "the same files, in QEMU's place",
            "XSM_TRACE_MISSING_ONLY": "likewise the option",
        ])
    static let statusOfFailure: Int32 = 125

    private var settings = TraceSettings()
    private var launch: LaunchArguments?
    /// QEMU's command line, where it stands in QEMU's place.
    private var deviceModel: [String]?

    init?(_ words: [String]) throws(UsageError) {
        var parser = OptionParser<TraceOption>(words)
        var printsHelp = false
        var program: [String] = []
        var options: [String] = []
        // Those that a device model's launch does not have.
        var ofLaunch: [String] = []
        while program.isEmpty, let item = try parser.next() {
            switch item {
            case .operand(let word): program = [word] + parser.rest
            case .option(.output, let value): settings.output = value
            case .option(.report, let value): settings.report = value
            case .option(.missingOnly, _): settings.seesEveryCall = false
            case .option(.method, let value):
                guard let method = SystemCallProfile.TraceMethod(rawValue: value) else {
                    throw UsageError(message: "`--by` is `notify` or `log`, not `\(value)`")
                }
                settings.method = method
            case .option(.launch(.help), _): printsHelp = true
            case .option(.launch(let option), let value):
                if option == .format { settings.format = try LaunchOption.format.choice(value) }
                if option == .profile { settings.profile = value }
                if option != .format, option != .profile { ofLaunch.append("--\(option.name ?? "")") }
                options += ["--\(option.name ?? "")"] + (option.value == nil ? [] : [value])
            }
        }
        guard !printsHelp else { return nil }
        if program.first == "qemu" {
            if let option = ofLaunch.first {
                throw UsageError(message: "`\(option)` is not for `qemu`: what a device model's launch is, its command line says")
            }
            deviceModel = Array(program.dropFirst())
            return
        }
        // What stands behind the program's name is the program's, be it an option.
        guard let launch = try LaunchArguments(options + (program.isEmpty ? [] : ["--"] + program)) else { return nil }
        if settings.profile == nil { throw UsageError(message: "say which profile it is compared with: `--profile FILE`") }
        if let waiver = launch.request.waivers.first(where: { $0.step.hasPrefix("seccomp") }) {
            throw UsageError(message: "`\(waiver.step)` cannot be waived: its filter is what it is traced by")
        }
        self.launch = launch
    }

    /// The exit status: 0 when the profile had everything that was needed, 1 when it had not, 125 when there is no trace. A device model's
    /// is its own.
    func run() throws(CommandFailure) -> Int32 {
        if let deviceModel { return DeviceModelCommand(deviceModel, traced: settings).run() }
        guard let launch else { return Self.statusOfFailure }
        return try trace(launch)
    }

    private func trace(_ arguments: LaunchArguments) throws(CommandFailure) -> Int32 {
        let profile = try Profile(at: settings.profile ?? "")
        let request = arguments.request
        let tracing = try Tracing(settings, profile, name: request.name, user: request.uid, hasGate: false)
        do throws(CommandFailure) {
            let plan = try arguments.plan(traced: tracing.filter)
            let process = try plan.start(passing: .standardStreams, held: arguments.verifies, attendant: tracing.attendant.socket)
            if arguments.verifies {
                try plan.verify(process) { if arguments.tells { $0.report() } }
            }
            if arguments.isNamed { plan.register(process) }
            defer { LaunchRegister.ofThisHost.forget(process.number) }
            _ = sandbox_attend(process.descriptor)
            return try tracing.finish(plan.outcome(of: process))
        } catch {
            tracing.attendant.discard()
            throw error
        }
    }
}
