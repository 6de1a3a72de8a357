import Commands
import DMRestrict
import Files
import Glibc
import Hypervisor

/// `xsm-launch qemu`, in QEMU's place: it takes the command line that libxl gives QEMU, and to libxl it is QEMU.
///
/// What QEMU would open, it gets opened: sockets, images, outputs. Of XenStore it has a relay until it stands at its gate, where it is
/// narrowed to its guest.
struct DeviceModelCommand {
    private let words: [String]
    private let tracing: TraceSettings?

    /// With settings it is traced, under no filter.
    init(_ words: [String], traced settings: TraceSettings? = nil) {
        self.words = words
        tracing = settings
    }

    /// The exit status.
    func run() -> Int32 {
        do throws(CommandFailure) {
            return try serve()
        } catch {
            tell("xsm-launch: error: \(error.message)\(Privileges.advice(on: error.message))\n", STDERR_FILENO)
            return 125
        }
    }

    private func serve() throws(CommandFailure) -> Int32 {
        let (domain, user) = try DeviceModelCommandLine.understood { () throws(DeviceModelCommandLine.Mistake) in
            try DeviceModelCommandLine.domainAndUser(words)
        }
        let limits = try ControlGroupLimits.ofEnvironment()
        // Two of one domain of one hypervisor are never to be: there is one user for it.
        let range = try DeviceModelUsers.ofThisHost()
        let lease = if let user { try UserLease([user], reaper: nil) } else { try UserLease(oneOf: [range.user(of: domain)], of: range) }
        let folder = try Opened.makeFolder(for: lease.user.uid)
        defer { Opened.removeFolder(of: lease.user.uid) }
        let line = try DeviceModelCommandLine(understanding: words, sockets: DeviceModelSockets(of: lease.user.uid))
        let access = try HypervisorAccess(for: lease.user.gid, in: folder)
        var launch = DeviceModelLaunch(line: line, name: "qemu-\(domain)", folder: folder, access: access, lease: lease, limits: limits)
        launch.tracing = tracing
        return try launch.run()
    }
}
