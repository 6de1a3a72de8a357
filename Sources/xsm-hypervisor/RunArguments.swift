import Arguments
import Flask
import Hypervisor

/// What `xsm-hypervisor run` is asked for.
struct RunArguments {
    var policy: String?
    var release = XenRelease("4.17") ?? .newest
    var mode = BootMode.enforcing
    var module = SecurityModule.flask
    var isStrict = false
    var ownsServers = false
    var directory = "/run/xsm-hypervisor"
    var store: String?
    var log: String?
    var memoryMebibytes: UInt64 = 4_096
    var processors = 4
    var commandLine = ""
    var user: (uid: UInt32, gid: UInt32)?
    var endsWhenIdle = false
    var isQuiet = false
    var printsHelp = false

    init(_ words: [String]) throws(UsageError) {
        var parser = OptionParser<RunOption>(words)
        while let item = try parser.next() {
            switch item {
            case .operand(let word): throw UsageError(message: "`run` takes no operand: `\(word)`")
            case .option(let option, let value): try set(option, value)
            }
        }
        if module == .flask, mode == .enforcing, policy == nil, !printsHelp {
            throw UsageError(message: "there is no policy to enforce: name one with `--policy`, or start with `--flask late`")
        }
    }

    private mutating func set(_ option: RunOption, _ value: String) throws(UsageError) {
        switch option {
        case .policy: policy = value
        case .release: release = try Self.release(value)
        case .flask: mode = try option.choice(value)
        case .module: module = try option.choice(value)
        case .strict: isStrict = true
        case .ownServers: ownsServers = true
        case .directory: directory = value
        case .store: store = value
        case .log: log = value
        case .memory: memoryMebibytes = try Self.number(value, of: option, in: 64...(1 << 24))
        case .processors: processors = Int(try Self.number(value, of: option, in: 1...64))
        case .commandLine: commandLine = value
        case .user: user = try Self.user(value)
        case .untilIdle: endsWhenIdle = true
        case .quiet: isQuiet = true
        case .help: printsHelp = true
        }
    }

    /// What `--xen-release` says.
    static func release(_ value: String) throws(UsageError) -> XenRelease {
        guard let known = XenRelease(value) else { throw UsageError(message: XenRelease.whyUnknown(value)) }
        return known
    }

    /// What `--user` says.
    static func user(_ value: String) throws(UsageError) -> (uid: UInt32, gid: UInt32) {
        let parts = value.split(separator: ":").map { UInt32($0) }
        guard parts.count == 2, let uid = parts[0], let gid = parts[1], uid != 0, uid != .max, gid != .max else {
            throw UsageError(message: "`--user` is two numbers, neither user 0: `1000:1000`")
        }
        return (uid, gid)
    }

    private static func number(_ value: String, of option: RunOption, in range: ClosedRange<UInt64>) throws(UsageError) -> UInt64 {
        guard let number = UInt64(value), range.contains(number) else {
            throw UsageError(message: "`--\(option.name ?? "")` is a number from \(range.lowerBound) to \(range.upperBound), not `\(value)`")
        }
        return number
    }
}
