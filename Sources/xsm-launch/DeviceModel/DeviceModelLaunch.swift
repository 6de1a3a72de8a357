import Commands
import DMRestrict
import Files
import Glibc
import Hypervisor

/// A device model of one domain, from its command line to its end under everything.
struct DeviceModelLaunch {
    let line: DeviceModelCommandLine
    /// What it is called among those of this host.
    let name: String
    /// The program that stands in for the one that is installed.
    var program = DeviceModelLaunch.emulator
    /// Where its relay and device files are: nobody else comes into it.
    let folder: String
    let access: HypervisorAccess
    let lease: UserLease
    /// Where what it says goes, if not where the launcher's words go.
    var log: DeviceModelLog?
    /// What it may have of the host's memory and processors, if that is limited; and what of processes, where the host can do that.
    let limits: ControlGroupLimits
    /// How it is traced, where it is to be: it is under no filter then.
    var tracing: TraceSettings?

    static let emulator = "/usr/libexec/xen-qemu-system-i386"

    private var user: (uid: UInt32, gid: UInt32) { lease.user }

    /// Its end of the gate.
    private static let gateNumber: Int32 = 4

    /// Until it has ended; its exit status. What is to be done once it serves, and what else there is to watch meanwhile, is the caller's.
    func run(watching watched: [WatchedDescriptor] = [], serving: (DisplayDoor?) throws(CommandFailure) -> Void = { _ in }) throws(CommandFailure) -> Int32 {
        defer { log?.finish() }
        // One that is restored lets go of XenStore before it could say that it serves: who waits for that waits for ever.
        if line.isIncoming { throw CommandFailure("a guest that is restored or migrated is not served yet") }
        // What an earlier one of this user's left running would be one with it. A tool stack's user may be others' too: of him it ends
        // nothing, and its device models do not pass their gate while anything else is his.
        try reap()
        let path = if let path = tracing?.profile { path } else { try Installed.path(of: "qemu-xen.policy", in: Profile.folders) }
        let profile = try Profile(at: path)
        // Before anything is open that it has no use for.
        let tracing = try tracing.map { settings throws(CommandFailure) in
            try Tracing(settings, profile, name: name, user: user.uid, hasGate: true)
        }
        var passed = PassedDescriptors.standardStreams
        (passed[1], passed[2]) = (log?.output ?? 1, log?.output ?? 2)
        var kept = [
            KeptDescriptor(0, "standard input"), KeptDescriptor(1, "log"), KeptDescriptor(2, "log"),
            KeptDescriptor(Self.gateNumber, "its gate", link: "socket:"),
        ]
        if let door = access.door {
            kept.append(KeptDescriptor(HypervisorAccess.doorNumber, "the hypervisor", link: "socket:"))
            passed[HypervisorAccess.doorNumber] = door.socket.descriptor
        }
        defer { Opened.removeListeners(line.openings.values) }
        for (number, opening) in line.openings.sorted(by: { $0.key < $1.key }) {
            let (result, path) = Opened.open(opening)
            guard result >= 0 else { throw CommandFailure("cannot open `\(path)`: \(FileError(path: path, number: -result).reason)") }
            passed[number] = result
            kept.append(KeptDescriptor(number, "\(opening)", link: Files.resolved("/proc/self/fd/\(result)")))
        }
        let display = try line.display.map { (listener) throws(CommandFailure) in try DisplayDoor(listener, for: DeviceModelSockets(of: user.uid)) }
        let relay = folder + "/xenstored"
        let listener = Opened.listen(at: relay)
        guard listener >= 0 else { throw CommandFailure("cannot relay XenStore: \(FileError(path: relay, number: -listener).reason)") }
        let running = if let tracing { tracing.gateFilter } else { try profile.filter(.running, .killProcess) }
        let gate = Gate(library: access.gateLibrary, descriptor: Self.gateNumber, filter: running)
        let plan = try plan(kept, relay: relay, gate, profile, tracing)
        let keeper: GateKeeper
        do throws(LaunchFailure) {
            keeper = try GateKeeper(gate)
        } catch {
            throw CommandFailure("no gate: \(error.call): \(FileError(path: "", number: error.number).reason)")
        }
        passed[Self.gateNumber] = keeper.passed
        let process = try plan.start(passing: passed, held: false, attendant: tracing?.attendant.socket)
        for number in kept.map(\.number) where number > 2 && number != HypervisorAccess.doorNumber {
            if let descriptor = passed[number] { close(descriptor) }
        }
        let service = DeviceModelService(
            process: process, plan: plan, domain: line.domain, access: access, gate: keeper, listener: listener,
            watched: watched + (display.map { [$0.watched] } ?? []), log: log, attendant: tracing?.attendant)
        do throws(CommandFailure) {
            try withExtendedLifetime(access) { () throws(CommandFailure) in try service.run { () throws(CommandFailure) in try serving(display) } }
        } catch {
            _ = tracing?.attendant.finish(nil)
            throw error
        }
        let end = plan.outcome(of: process)
        _ = tracing?.attendant.finish(end)
        try reap()
        return end.status
    }

    private func reap() throws(CommandFailure) {
        guard let reaper = lease.reaper else { return }
        do throws(ReapFailure) {
            _ = try Reaper(user: user.uid, reaper: reaper).reap()
        } catch {
            throw CommandFailure("what user \(user.uid) left running does not end: \(error.text)")
        }
    }

    private func plan(
        _ kept: [KeptDescriptor], relay: String, _ gate: Gate, _ profile: Profile, _ tracing: Tracing?
    ) throws(CommandFailure) -> RestrictionPlan {
        var request = LaunchRequest(name: name, program: program, uid: user.uid, gid: user.gid)
        request.arguments = line.arguments
        request.environment = access.environment
        request.bindings =
            [
                .init(program, isExecutable: true), .init("/usr/lib/x86_64-linux-gnu", isExecutable: true),
                .init("/lib64/ld-linux-x86-64.so.2", isExecutable: true),
                .init("/usr/share/qemu"), .init("/usr/share/seabios"), .init("/dev/null", isWritable: true, isDevice: true),
                .init("/dev/urandom", isDevice: true), .init(relay, at: "/run/xenstored", isWritable: true),
            ].filter { Files.exists($0.source) } + access.bindings
        request.descriptors = kept
        request.filter = if let tracing { tracing.filter } else { try profile.filter(.start, .killProcess) }
        request.isTraced = tracing != nil
        request.groupLimits = limits
        request.groupLimits.devices = request.boundDevices
        request.gate = gate
        do throws(PlanMistake) {
            return try RestrictionPlan(for: request, on: HostAbilities.ofThisHost(for: request))
        } catch {
            throw CommandFailure(error.textOfDeviceModel)
        }
    }
}
