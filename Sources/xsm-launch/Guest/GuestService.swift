import CSandbox
import Commands
import DMRestrict
import Files
import Glibc
import Hypervisor
import JSON
import Reports

/// A guest from its making to its end, in a process of its own.
struct GuestService {
    private let configuration: DomainConfiguration
    private let arguments: RunArguments

    init(_ configuration: DomainConfiguration, _ arguments: RunArguments) {
        self.configuration = configuration
        self.arguments = arguments
    }

    private var log: String { arguments.log ?? LaunchRegister.ofThisHost.folder + "/\(configuration.name).log" }

    /// The exit status.
    func run(_ report: ServiceReport) -> Int32 {
        do throws(CommandFailure) {
            let output = try openLog()
            defer { close(output) }
            // What a hypervisor said before is about others.
            let start = Files.size(of: arguments.directory + "/log") ?? 0
            do throws(CommandFailure) {
                return try serve(report, output, start)
            } catch {
                throw CommandFailure(error.message + lastWords(since: start))
            }
        } catch {
            report.say("error: \(error.message)\(Privileges.advice(on: error.message))")
            return 125
        }
    }

    /// What is found when the device model is looked at is for the log, and what it says; whoever started this is told by the report.
    private func openLog() throws(CommandFailure) -> Int32 {
        try LaunchRegister.ofThisHost.makeFolder()
        Leftovers.removeAll()
        if !LaunchRegister.ofThisHost.records(of: configuration.name).isEmpty {
            throw CommandFailure("`\(configuration.name)` runs already: see `xsm-launch list`")
        }
        let (output, path) = Opened.open(.output(log))
        guard output >= 0 else { throw CommandFailure("cannot write to `\(path)`: \(FileError(path: path, number: -output).reason)") }
        _ = sandbox_output(output)
        return output
    }

    private func serve(_ report: ServiceReport, _ output: Int32, _ start: Int) throws(CommandFailure) -> Int32 {
        let libraries = try Installed.path(of: "libxencall.so.1", in: ["xen-shim", "../xen-shim", "../../xen-shim", "../lib/swift-xsm/xen-shim"])
        let hypervisor = try EmbeddedHypervisor(for: arguments, output: output)
        defer { hypervisor.leave() }
        let guest = try GuestDomain(configuration, on: hypervisor)
        defer { guest.destroy() }
        let range = try DeviceModelUsers.ofThisHost()
        let lease = try UserLease(oneOf: range.users(of: guest.number), of: range)
        let folder = try Opened.makeFolder(for: lease.user.uid)
        defer { Opened.removeFolder(of: lease.user.uid) }
        let access = try HypervisorAccess(
            hypervisor.socket, as: guest.deviceModel, store: hypervisor.store(of: guest.deviceModel),
            libraries: String(libraries.dropLast("/libxencall.so.1".count)))
        let line = try DeviceModelCommandLine(understanding: words(guest.number, guest.memory), sockets: DeviceModelSockets(of: lease.user.uid))
        var launch = DeviceModelLaunch(
            line: line, name: configuration.name, folder: folder, access: access, lease: lease, limits: try arguments.limits.over(.ofThisHost()))
        launch.log = try DeviceModelLog(to: output)
        if let program = configuration.deviceModel.program {
            guard !["xsm-qemu", "xsm-qemu-trace", "xsm-launch"].contains(program.split(separator: "/").last ?? "") else {
                throw CommandFailure("`device_model_override` is this launcher: name QEMU, or leave it out")
            }
            launch.program = program
        }
        let (status, shutdown) = try run(launch, guest, hypervisor, report)
        if let shutdown {
            report.say("`\(configuration.name)` \(shutdown.text)")
            return shutdown.status
        }
        if status != 0 { report.say("the device model of `\(configuration.name)` ended with status \(status)\(lastWords(since: start))") }
        return status == 0 ? 0 : 1
    }

    private func run(
        _ launch: DeviceModelLaunch, _ guest: GuestDomain, _ hypervisor: EmbeddedHypervisor, _ report: ServiceReport
    ) throws(CommandFailure) -> (status: Int32, shutdown: GuestShutdown?) {
        let notices: DomainNotices
        do throws(RemoteToolstack.Failure) {
            notices = try hypervisor.toolstack.watchDomains()
        } catch {
            throw CommandFailure("it would not be told when the guest ends: \(error.text)")
        }
        var shutdown: GuestShutdown?
        let watched = WatchedDescriptor(notices.socket.descriptor) {
            guard notices.take() else { return .forget }
            shutdown = guest.shutdown
            return shutdown == nil ? .goOn : .end
        }
        let status = try withExtendedLifetime(notices) { () throws(CommandFailure) in
            try launch.run(watching: [watched]) { (display) throws(CommandFailure) in
                if let display { report.say("its screen is seen by VNC at `\(display.place)`") }
                try report.serve(launch.lease.user.uid)
                try guest.unpause()
            }
        }
        return (status, shutdown)
    }

    /// What was said last, where that may be why something ended: by the device model and by a hypervisor that does not start, into this
    /// guest's log; and what a hypervisor denied since, on the console that it keeps beside its sockets.
    private func lastWords(since start: Int) -> String {
        let console = arguments.directory + "/log"
        return Self.lastLines(of: log, since: 0, as: "what QEMU or the hypervisor said last, in `\(log)`:") { _ in true }
            + Self.lastLines(of: console, since: start, as: "what the hypervisor denied last, in `\(console)`:") { $0.contains("avc:") }
    }

    private static func lastLines(of path: String, since start: Int, as title: String, where isTold: (Substring) -> Bool) -> String {
        guard let end = try? Files.end(of: path, since: start, atMost: 2_048) else { return "" }
        let lines = String(decoding: end, as: UTF8.self).split(separator: "\n").filter(isTold).suffix(5)
        guard !lines.isEmpty else { return "" }
        let shown = lines.map { line in
            String(String.UnicodeScalarView(line.unicodeScalars.prefix(200).map { $0.value < 0x20 || $0.value == 0x7f ? "\u{FFFD}" : $0 }))
        }
        return "\n\(title)\n" + shown.map { "  " + $0 }.joined(separator: "\n")
    }

    private func words(_ domain: UInt16, _ memory: Int) throws(CommandFailure) -> [String] {
        do throws(DeviceModelArguments.Mistake) {
            return try DeviceModelArguments(for: configuration, domain: domain, memory: memory).words
        } catch {
            throw CommandFailure("`\(error.key)`: \(error.text)")
        }
    }

    /// Says what QEMU would be given, for a domain 1, without doing anything.
    func describe(_ format: TextFormat) throws(CommandFailure) -> Int32 {
        let memory = (configuration.memory ?? 128) - DeviceModelArguments.videoMemory(of: configuration.display)
        let line = try DeviceModelCommandLine(understanding: words(1, memory), sockets: DeviceModelSockets(of: try DeviceModelUsers.ofThisHost().user(of: 1)))
        let openings = line.openings.sorted { $0.key < $1.key }
        switch format {
        case .text:
            var text = "program    \(configuration.deviceModel.program ?? DeviceModelLaunch.emulator)\n"
            text += "arguments  " + line.arguments.joined(separator: " ") + "\n"
            for (number, opening) in openings { text += "opened     \(number): \(opening)\n" }
            if let display = line.display { text += "screen     \(display.place)\n" }
            try answer(text)
        case .json:
            let value: JSONValue = [
                "version": 1, "program": .string(configuration.deviceModel.program ?? DeviceModelLaunch.emulator),
                "arguments": .array(line.arguments.map { .string($0) }),
                "screen": line.display.map { .string("\($0.place)") } ?? .null,
                "opened": .array(openings.map { ["number": .integer(Int64($0.key)), "purpose": .string("\($0.value)")] }),
            ]
            try answer(value)
        }
        return 0
    }
}
