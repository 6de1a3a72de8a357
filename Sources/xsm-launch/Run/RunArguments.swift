import Arguments
import Commands
import DMRestrict
import Flask
import Reports

/// What `xsm-launch run` is asked to run, and where.
struct RunArguments {
    private(set) var directory = "/run/xsm-hypervisor"
    private(set) var policy: String?
    private(set) var release: XenRelease?
    private(set) var isStrict = false
    private(set) var isDetached = false
    private(set) var log: String?
    private(set) var format: TextFormat?
    /// What the device model may have, as far as it is said here.
    private(set) var limits = ControlGroupLimits()
    private var file: String?
    /// Settings from the command line, in xl's language.
    private var settings: [String] = []

    /// Nil where only the command's help is wanted.
    init?(_ words: [String]) throws(UsageError) {
        var parser = OptionParser<RunOption>(words)
        var printsHelp = false
        while let item = try parser.next() {
            switch item {
            case .operand(let word):
                guard file == nil else { throw UsageError(message: "one configuration at a time: `\(word)` is another") }
                file = word
            case .option(.directory, let value): directory = value
            case .option(.policy, let value): policy = value
            case .option(.release, let value): release = try Self.release(value)
            case .option(.strict, _): isStrict = true
            case .option(.detach, _): isDetached = true
            case .option(.log, let value): log = value
            case .option(.format, let value): format = try RunOption.format.choice(value)
            case .option(.help, _): printsHelp = true
            case .option(.memoryLimit, let value): try limits.set(.memory, to: value, by: "--device-model-memory-limit")
            case .option(.processorLimit, let value): try limits.set(.cpu, to: value, by: "--device-model-cpu-limit")
            case .option(let option, let value): settings += Self.settings(option, value)
            }
        }
        guard !printsHelp else { return nil }
        if file == nil, settings.isEmpty { throw UsageError(message: "there is no guest: name its configuration, or describe it by options") }
    }

    private static func release(_ value: String) throws(UsageError) -> XenRelease {
        guard let known = XenRelease(value) else { throw UsageError(message: XenRelease.whyUnknown(value)) }
        return known
    }

    private static func settings(_ option: RunOption, _ value: String) -> [String] {
        switch option {
        case .name: ["name = " + quoted(value)]
        case .memory: ["memory = " + quoted(value)]
        case .processors: ["vcpus = " + quoted(value)]
        case .label: ["seclabel = " + quoted(value)]
        case .deviceModelLabel: ["device_model_stubdomain_seclabel = " + quoted(value)]
        case .disk: ["disk += [ \(quoted(value)) ]"]
        case .cdrom: ["disk += [ \(quoted("vdev=hdc,devtype=cdrom,access=ro,format=raw,target=\(value == "-" ? "" : value)")) ]"]
        case .interface: ["vif += [ \(quoted(value)) ]"]
        case .serial: ["serial = " + quoted(value)]
        case .screen: value == "none" ? ["vnc = 0"] : ["vnc = 1", "vnclisten = " + quoted(value)]
        default: []
        }
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\\\")
            .split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\"") + "\""
    }

    /// The guest, and what of its configuration is not of this command, to be told.
    func configuration() throws(CommandFailure) -> (configuration: DomainConfiguration, notes: [String]) {
        var text: [UInt8] = []
        var place = "command line"
        if let file {
            place = file
            text = try RequiredFile.contents(of: file, as: "the configuration")
        } else {
            text = Array("type = \"hvm\"\n".utf8)
        }
        let lines = text.count { $0 == 10 } + 1
        text += [10] + settings.flatMap { Array($0.utf8) + [10] }
        func where_(_ position: ConfigurationPosition) -> String {
            file == nil || position.line > lines ? "command line" : "\(place):\(position.line):\(position.column)"
        }
        do throws(ConfigurationMistake) {
            let configuration = try DomainConfiguration(parsing: text)
            let notes = configuration.ignored.map { key in
                "\(where_(key.position)): note: `\(key.name)` \(key.concernsDeviceModel ? "is not served by this command" : "does not concern the device model"): ignored"
            }
            let unserved = DeviceModelArguments.unserved(configuration).map { "\(place): note: `\($0.key)` \($0.text)" }
            return (configuration, notes + unserved)
        } catch {
            throw CommandFailure("\(where_(error.position)): \(error.text)")
        }
    }
}
