import DMRestrict
import Files
import Glibc
import Hypervisor

/// `xsm-launch qemu`, in QEMU's place: it takes the command line that libxl gives QEMU, and to libxl it is QEMU.
///
/// What QEMU would open, it gets opened: sockets, images, outputs. Of XenStore it has a relay, which takes no connection once QEMU
/// says that it serves its guest, and ends when QEMU lets go of it.
struct DeviceModelCommand {
    private let words: [String]

    init(_ words: [String]) {
        self.words = words
    }

    private static let program = "/usr/libexec/xen-qemu-system-i386"
    /// Domain N's device model is user and group this + N: beyond what the system and containers give away.
    static let firstUser: UInt32 = 0x14_0000

    /// The exit status.
    func run() -> Int32 {
        do throws(CommandFailure) {
            return try serve()
        } catch {
            tell("xsm-launch: error: \(error.message)\n", STDERR_FILENO)
            return 125
        }
    }

    private func serve() throws(CommandFailure) -> Int32 {
        let line: DeviceModelCommandLine
        do throws(DeviceModelCommandLine.Mistake) {
            line = try DeviceModelCommandLine(words)
        } catch {
            if case .isRestrictedByToolStack(let word) = error {
                throw CommandFailure("`\(word)` is the launcher's to do: leave `dm_restrict` out of the guest's configuration")
            }
            throw CommandFailure("the device model's command line is not understood: \(error)")
        }
        guard let folder = Opened.makeFolder() else { throw CommandFailure("cannot make a folder for what is the device model's only") }
        defer { Opened.remove(folder: folder) }
        let access = try HypervisorAccess(for: Self.firstUser + UInt32(line.domain), in: folder)
        // One that is restored lets go of XenStore before it could say that it serves: nobody would know when to take its devices away.
        if access.nodes != nil, line.arguments.contains("-incoming") {
            throw CommandFailure("a guest that is restored or migrated is not served on Xen yet")
        }
        var passed: [Int32: Int32] = [0: 0, 1: 1, 2: 2]
        var kept = [KeptDescriptor(0, "standard input"), KeptDescriptor(1, "log"), KeptDescriptor(2, "log")]
        if let door = access.door {
            kept.append(KeptDescriptor(HypervisorAccess.doorNumber, "the hypervisor", link: "socket:"))
            passed[HypervisorAccess.doorNumber] = door.descriptor
        }
        for (number, opening) in line.openings.sorted(by: { $0.key < $1.key }) {
            let (result, path) = Opened.open(opening)
            guard result >= 0 else { throw CommandFailure("cannot open `\(path)`: \(FileError(path: path, number: -result).reason)") }
            passed[number] = result
            kept.append(KeptDescriptor(number, "\(opening)"))
        }
        let relay = folder + "/xenstored"
        let listener = Opened.listen(at: relay)
        guard listener >= 0 else { throw CommandFailure("cannot relay XenStore: \(FileError(path: relay, number: -listener).reason)") }
        let plan = try plan(line, kept, relay: relay, access)
        let process = try plan.start(passing: passed, held: true)
        for (number, descriptor) in passed where number > 2 && number != HypervisorAccess.doorNumber { close(descriptor) }
        try withExtendedLifetime(access) { () throws(CommandFailure) in
            // Nothing of it has run yet, and nothing of the guest.
            try plan.verify(process) { $0.report() }
        }
        try StoreRelay(listener: listener, store: access.store, process: process, plan: plan)
            .run(domain: line.domain, nodes: access.nodes)
        return plan.status(of: process)
    }

    /// Where QEMU's profile is installed, and where it lies in a build.
    private static func profile() throws(CommandFailure) -> String {
        let folder = Files.resolved("/proc/self/exe").map { $0.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") } ?? ""
        let folders = [
            folder + "/../share/swift-xsm/devices/x86_64", folder + "/../../../Policies/devices/x86_64",
            folder + "/../../../../Policies/devices/x86_64", "/usr/share/swift-xsm/devices/x86_64",
        ]
        guard let found = folders.map({ $0 + "/qemu-xen.policy" }).first(where: Files.exists) else {
            throw CommandFailure("QEMU's profile is not installed: it is looked for in \(folders.joined(separator: ", "))")
        }
        return found
    }

    private func plan(
        _ line: DeviceModelCommandLine, _ kept: [KeptDescriptor], relay: String, _ access: HypervisorAccess
    ) throws(CommandFailure) -> RestrictionPlan {
        let user = Self.firstUser + UInt32(line.domain)
        var request = LaunchRequest(name: "qemu-\(line.domain)", program: Self.program, uid: user, gid: user)
        request.arguments = line.arguments
        request.environment = access.environment
        request.bindings =
            [
                .init(Self.program, isExecutable: true), .init("/usr/lib/x86_64-linux-gnu", isExecutable: true),
                .init("/lib64/ld-linux-x86-64.so.2", isExecutable: true),
                .init("/usr/share/qemu"), .init("/usr/share/seabios"), .init("/dev/null", isWritable: true, isDevice: true),
                .init("/dev/urandom", isDevice: true), .init(relay, at: "/run/xenstored", isWritable: true),
            ].filter { Files.exists($0.source) } + access.bindings
        request.descriptors = kept
        request.filter = try LaunchArguments.filter(Self.profile(), .killProcess)
        do throws(PlanMistake) {
            return try RestrictionPlan(for: request, on: HostAbilities.ofThisHost())
        } catch {
            throw CommandFailure(error.text)
        }
    }
}
