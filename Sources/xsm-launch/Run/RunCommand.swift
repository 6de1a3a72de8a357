import Arguments
import CSandbox
import Commands
import DMRestrict
import Files
import Glibc

/// `xsm-launch run`: a guest on our hypervisor, its device model restricted, its console at this terminal.
///
/// What serves the guest is in the background, in a session of its own, from the beginning: this process only hands its console back.
struct RunCommand: Subcommand {
    typealias Option = RunOption

    static let manual = Manual(
        "[OPTION…] [CONFIGURATION]",
        about: """
            Makes a guest on `xsm-hypervisor`, by a file of xl's or by options, its QEMU restricted, and shows its console: Control-]
            leaves it, and `attach` comes back to it. No processor runs the guest's own instructions; a script can act for it
            (`xsm-hypervisor processor`). Where no hypervisor serves, one is started and ends with its last guest.
            """,
        examples: [
            "a guest, and its console":
                "xsm-launch run --policy xenpolicy-4.17 web.cfg",
            "how its QEMU would be run":
                "xsm-launch run --plan text web.cfg",
        ],
        statuses: ["0": "the guest has powered off, or was left to itself", "1": "it or its device model came to a bad end", "125": "it was not launched", "2": "the command line is wrong"],
        files: [
            "/run/xsm-hypervisor/": "the sockets of the hypervisor",
            "/run/xsm-launch/": "what runs, its sockets and logs",
            "/etc/xsm-launch/limits": "what all device models may have",
        ])
    static let statusOfFailure: Int32 = 125

    private let arguments: RunArguments

    init?(_ words: [String]) throws(UsageError) {
        guard let arguments = try RunArguments(words) else { return nil }
        self.arguments = arguments
    }

    /// The exit status: 0 when the guest has powered off, or was left to itself; 1 when it or its device model came to a bad end; 125 when
    /// it was not launched.
    func run() throws(CommandFailure) -> Int32 {
        let (configuration, notes) = try arguments.configuration()
        for note in notes { tell(note + "\n", STDERR_FILENO) }
        if let format = arguments.format { return try GuestService(configuration, arguments).describe(format) }
        return try handBack(configuration)
    }

    private func handBack(_ configuration: DomainConfiguration) throws(CommandFailure) -> Int32 {
        var report = ServiceReport()
        guard let child = report.goToBackground() else { throw CommandFailure("cannot go to the background") }
        if child == 0 { sandbox_exit(GuestService(configuration, arguments).run(report)) }
        guard let user = report.userServed() else { return report.statusAtEnd(of: child) }
        if arguments.isDetached {
            tell("`\(configuration.name)` runs; its console: `xsm-launch attach \(configuration.name)`; its end: `xsm-launch stop \(configuration.name)`\n", STDERR_FILENO)
            report.letGo()
            return 0
        }
        let sockets = DeviceModelSockets(of: user)
        guard Files.exists(sockets.console()) else {
            report.letGo()
            return report.statusAtEnd(of: child)
        }
        let console = try Console(at: sockets.console())
        report.letGo()
        switch console.attach() {
        case .left:
            tell("`\(configuration.name)` goes on; its console: `xsm-launch attach \(configuration.name)`; its end: `xsm-launch stop \(configuration.name)`\n", STDERR_FILENO)
            return 0
        case .told: kill(child, SIGTERM)
        case .ended: break
        }
        return report.statusAtEnd(of: child)
    }
}
