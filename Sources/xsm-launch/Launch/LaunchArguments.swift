import Arguments
import DMRestrict
import Reports

/// What the command line asks to be launched.
struct LaunchArguments {
    private(set) var request: LaunchRequest
    private(set) var profile: String?
    private(set) var refusal = FilterAction.killProcess
    private(set) var verifies = false
    private(set) var tells = false
    /// Whether it was given a name, by which others find it.
    private(set) var isNamed = false
    private(set) var format = TextFormat.text

    /// Nil where only the command's help is wanted.
    init?(_ words: [String]) throws(UsageError) {
        var parser = OptionParser<LaunchOption>(words)
        request = LaunchRequest(name: "", program: "", uid: 0, gid: 0)
        var (hasUser, limitsDevices, printsHelp) = (false, false, false)
        while request.program.isEmpty, let item = try parser.next() {
            switch item {
            // What stands behind the program's name is the program's.
            case .operand(let word):
                request.program = word
                request.arguments = parser.rest
            case .option(.name, let value): (request.name, isNamed) = (value, true)
            case .option(.format, let value): format = try LaunchOption.format.choice(value)
            case .option(.profile, let value): profile = value
            case .option(.refusal, let value): refusal = try Self.refusal(value)
            case .option(.verify, _): verifies = true
            case .option(.tell, _): (verifies, tells) = (true, true)
            case .option(.help, _): printsHelp = true
            case .option(.group, let value): request.controlGroups.append(value)
            case .option(.memoryLimit, let value): try request.groupLimits.set(.memory, to: value, by: "--memory-limit")
            case .option(.processorLimit, let value): try request.groupLimits.set(.cpu, to: value, by: "--cpu-limit")
            case .option(.processLimit, let value): try request.groupLimits.set(.pids, to: value, by: "--pids-limit")
            case .option(.deviceLimit, _): limitsDevices = true
            case .option(.label, let value):
                guard !value.isEmpty, value.utf8.allSatisfy({ 0x21...0x7e ~= $0 }) else {
                    throw UsageError(message: "`--label` is a label of SELinux's, `USER:ROLE:TYPE:LEVEL`, not `\(value)`")
                }
                request.executionLabel = value
            case .option(.bind, let value): request.bindings.append(try Self.binding(value))
            case .option(.user, let value):
                let parts = value.split(separator: ":", omittingEmptySubsequences: false)
                guard parts.count == 2, let uid = UInt32(parts[0]), let gid = UInt32(parts[1]), uid != 0, gid != 0 else {
                    throw UsageError(message: "`--user` is two numbers, neither of them 0, as `65536:65536`: not `\(value)`")
                }
                (request.uid, request.gid) = (uid, gid)
                hasUser = true
            case .option(.environment, let value):
                let (name, text) = try Self.pair(value, "--env", mayBeEmpty: true)
                request.environment[name] = text
            case .option(.waive, let value):
                let (step, reason) = try Self.pair(value, "--waive")
                request.waivers.append(.init(step, because: reason))
            }
        }
        guard !printsHelp else { return nil }
        if request.program.isEmpty { throw UsageError(message: "there is no program to launch") }
        if !hasUser { throw UsageError(message: "say whom it becomes: `--user UID:GID`") }
        if limitsDevices { request.groupLimits.devices = request.boundDevices }
        if request.name.isEmpty { request.name = String(request.program.split(separator: "/").last ?? "program") }
    }

    private static func pair(_ text: String, _ option: String, mayBeEmpty: Bool = false) throws(UsageError) -> (String, String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty || mayBeEmpty else {
            throw UsageError(message: "`\(option)` is two words with `=` between them, not `\(text)`")
        }
        return (parts[0], parts[1])
    }

    private static func refusal(_ text: String) throws(UsageError) -> FilterAction {
        switch text {
        case "kill": .killProcess
        // EPERM.
        case "error": .error(1)
        case "log": .log
        default: throw UsageError(message: "`--on-refusal` is `kill`, `error` or `log`, not `\(text)`")
        }
    }

    /// `PATH[=TARGET][:FLAGS]`.
    private static func binding(_ text: String) throws(UsageError) -> RootTree.Binding {
        var path = text[...]
        var flags: Substring = ""
        if let colon = path.lastIndex(of: ":") {
            flags = path[path.index(after: colon)...]
            path = path[..<colon]
        }
        guard flags.allSatisfy({ "wxd".contains($0) }) else {
            throw UsageError(message: "the flags of `--bind` are `w`, `x` and `d`, not `\(flags)`")
        }
        let parts = path.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        return RootTree.Binding(
            parts[0], at: parts.count > 1 ? parts[1] : nil, isWritable: flags.contains("w"), isExecutable: flags.contains("x"),
            isDevice: flags.contains("d"))
    }
}
