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

    init(_ words: [String]) {
        self.words = words
    }

    private static let program = "/usr/libexec/xen-qemu-system-i386"
    /// Domain N's device model is user and group this + N: beyond what the system and containers give away.
    static let firstUser: UInt32 = 0x14_0000
    /// Nobody's device model has the first: dom0 needs none. It ends what is left of the others'.
    private static let reaper = firstUser
    /// Its end of the gate.
    private static let gateNumber: Int32 = 4

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
            throw CommandFailure("the device model's command line is not understood: \(error.text)")
        }
        guard let folder = Opened.makeFolder() else { throw CommandFailure("cannot make a folder for what is the device model's only") }
        defer { Opened.remove(folder: folder) }
        // One that is restored lets go of XenStore before it could say that it serves: who waits for that waits for ever.
        if line.arguments.contains("-incoming") { throw CommandFailure("a guest that is restored or migrated is not served yet") }
        let user = line.user ?? (Self.firstUser + UInt32(line.domain), Self.firstUser + UInt32(line.domain))
        let access = try HypervisorAccess(for: user.gid, in: folder)
        if let other = LaunchRegister.ofThisHost.records().first(where: { $0.plan.user == user.uid }) {
            throw CommandFailure("user \(user.uid) is in use: process \(other.process), `\(other.plan.name)`, runs as it")
        }
        // What an earlier one of this user's left running would be one with it. A tool stack's user may be others' too: of him it ends
        // nothing, and its device models do not pass their gate while anything else is his.
        let isOwn = line.user == nil
        if isOwn { try reap(user.uid) }
        var passed: [Int32: Int32] = [0: 0, 1: 1, 2: 2]
        var kept = [
            KeptDescriptor(0, "standard input"), KeptDescriptor(1, "log"), KeptDescriptor(2, "log"),
            KeptDescriptor(Self.gateNumber, "its gate", link: "socket:"),
        ]
        if let door = access.door {
            kept.append(KeptDescriptor(HypervisorAccess.doorNumber, "the hypervisor", link: "socket:"))
            passed[HypervisorAccess.doorNumber] = door.socket.descriptor
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
        let profile = try Profile(at: Installed.path(of: "qemu-xen.policy", in: Profile.folders))
        let gate = Gate(library: access.gateLibrary, descriptor: Self.gateNumber, filter: try profile.filter(.running, .killProcess))
        let plan = try plan(line, user, kept, relay: relay, access, gate, profile)
        let keeper: GateKeeper
        do throws(LaunchFailure) {
            keeper = try GateKeeper(gate)
        } catch {
            throw CommandFailure("no gate: \(error.call): \(FileError(path: "", number: error.number).reason)")
        }
        passed[Self.gateNumber] = keeper.passed
        let process = try plan.start(passing: passed, held: false)
        for (number, descriptor) in passed where number > 2 && number != HypervisorAccess.doorNumber { close(descriptor) }
        let service = DeviceModelService(
            process: process, plan: plan, domain: line.domain, access: access, gate: keeper, listener: listener)
        try withExtendedLifetime(access) { () throws(CommandFailure) in try service.run() }
        let status = plan.status(of: process)
        if isOwn { try reap(user.uid) }
        return status
    }

    private func reap(_ user: UInt32) throws(CommandFailure) {
        do throws(ReapFailure) {
            _ = try Reaper(user: user, reaper: Self.reaper).reap()
        } catch {
            throw CommandFailure("what user \(user) left running does not end: \(error.text)")
        }
    }

    private func plan(
        _ line: DeviceModelCommandLine, _ user: (uid: UInt32, gid: UInt32), _ kept: [KeptDescriptor], relay: String,
        _ access: HypervisorAccess, _ gate: Gate, _ profile: Profile
    ) throws(CommandFailure) -> RestrictionPlan {
        var request = LaunchRequest(name: "qemu-\(line.domain)", program: Self.program, uid: user.uid, gid: user.gid)
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
        request.filter = try profile.filter(.start, .killProcess)
        request.gate = gate
        do throws(PlanMistake) {
            return try RestrictionPlan(for: request, on: HostAbilities.ofThisHost())
        } catch {
            throw CommandFailure(error.text)
        }
    }
}
