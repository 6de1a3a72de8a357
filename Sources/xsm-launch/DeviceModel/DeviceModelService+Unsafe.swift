import CSandbox
import Commands
import DMRestrict
import Files
import Glibc
import Hypervisor

// SAFETY: the path is copied before the call returns.

/// A device model from its start to its end: XenStore is relayed to it until it stands at its gate; there it is narrowed to its domain,
/// by itself and from outside, and looked at; then it is let go on, and only then what waits for it is told that it serves.
struct DeviceModelService {
    let process: LaunchedProcess
    let plan: RestrictionPlan
    let domain: UInt16
    let access: HypervisorAccess
    let gate: GateKeeper
    /// Where it finds XenStore.
    let listener: Int32
    /// What else there is to see to while it serves.
    let watched: [WatchedDescriptor]
    /// What it says, where that is not its launcher's to pass on unread.
    let log: DeviceModelLog?
    /// Who hears its calls, where it is traced.
    var attendant: TraceAttendant?

    /// How long it may take to its gate, in milliseconds: less than libxl waits.
    private static let patience: Int32 = 50_000
    /// How many connections to XenStore it may have at once.
    private static let connections: Int32 = 8

    /// Until it has ended. Ends it itself when it is not as it is to be.
    func run(serving: () throws(CommandFailure) -> Void) throws(CommandFailure) {
        // The first look takes longest, since all that it needs is new to this process: nobody waits for one that is taken while the
        // device model loads its libraries. It is not judged, which it is not done for.
        _ = plan.audit(ProcessFacts(ofProcess: process.number, planned: plan))
        switch awaitGate() {
        case SANDBOX_RELAY_GATE where gate.isReached(): break
        case SANDBOX_RELAY_ENDED, SANDBOX_RELAY_GATE:
            // It has said why, if it could.
            let status = plan.outcome(of: process).status
            throw CommandFailure("`\(plan.name)` ended with status \(status) before it was restricted to its domain")
        default:
            throw plan.end(process, "it has not restricted itself in \(Self.patience / 1_000) seconds, as QEMU does that knows `-xen-domid-restrict`")
        }
        close(listener)
        try narrow()
        try judge(plan.audit(ProcessFacts(ofProcess: process.number, planned: plan)))
        plan.register(process, domain: domain)
        defer { LaunchRegister.ofThisHost.forget(process.number) }
        attendant?.beginRunning()
        gate.open()
        do throws(CommandFailure) {
            try serving()
        } catch {
            throw plan.end(process, error.message)
        }
        // Who says much keeps nothing else from being seen to: the first that has something is.
        var watched = watched + (log.map { [$0.watched] } ?? [])
        while true {
            let result = relay(-1, gate: -1, watched.map(\.descriptor))
            if result == SANDBOX_RELAY_ENDED { return }
            let index = result - SANDBOX_RELAY_WATCHED
            guard watched.indices.contains(index) else { continue }
            switch watched[index].act() {
            case .goOn: break
            case .forget: watched.remove(at: index)
            case .end: return end()
            }
        }
    }

    /// Until it stands at its gate, has ended, or takes too long; meanwhile it may have much to say.
    private func awaitGate() -> Int {
        let end = sandbox_now() + Int64(Self.patience)
        var watched = log.map { [$0.watched] } ?? []
        while true {
            let left = Int32(max(0, end - sandbox_now()))
            let result = relay(listener, gate: gate.descriptor, watched.map(\.descriptor), within: left)
            guard result >= SANDBOX_RELAY_WATCHED else { return result }
            if case .forget? = watched.first?.act() { watched = [] }
        }
    }

    /// Ends it gently and, where that takes too long, not.
    private func end() {
        _ = sandbox_signal(process.descriptor, SIGTERM)
        if sandbox_await(process.descriptor, 0, 10_000) != 1 { _ = sandbox_signal(process.descriptor, SIGKILL) }
    }

    /// What it has of the hypervisor's reaches its own domain only, whether it did its part or not.
    private func narrow() throws(CommandFailure) {
        do throws(SystemError) {
            try access.door?.restrict(to: domain)
        } catch {
            throw plan.end(process, "its door cannot be restricted to domain \(domain): \(FileError(path: "", number: error.number).reason)")
        }
        guard let nodes = access.nodes else { return }
        do throws(LaunchFailure) {
            try nodes.revoke()
        } catch {
            throw plan.end(process, "its device files cannot be revoked: \(error.object): \(FileError(path: "", number: error.number).reason)")
        }
        try judge(XenDescriptors(of: process, domain: domain).audit())
    }

    private func relay(_ listener: Int32, gate: Int32, _ watched: [Int32] = [], within milliseconds: Int32 = 0) -> Int {
        let result = unsafe sandbox_relay(
            process.descriptor, listener, access.store, Self.connections, gate, milliseconds, watched, Int32(watched.count))
        return result < 0 ? SANDBOX_RELAY_ENDED : Int(result)
    }

    private func judge(_ findings: [AuditFinding]) throws(CommandFailure) {
        findings.forEach { $0.report() }
        let differences = findings.filter { !$0.isAsPlanned }
        if !differences.isEmpty { throw plan.end(process, "it is not as planned", differences) }
    }
}
