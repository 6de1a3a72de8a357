import CSandbox
import DMRestrict
import Files
import Glibc

// SAFETY: the path is copied before the call returns.

/// XenStore relayed to a device model, and what is done on the way: once it has said that it serves its guest it opens nothing of Xen's
/// any more, and what it has open is restricted. libxl lets the guest go only when it is told, which is after that.
struct StoreRelay {
    let listener: Int32
    let store: String
    let process: LaunchedProcess
    let plan: RestrictionPlan

    /// How long it may take to restrict itself once it serves, and how often it is looked at, in milliseconds. A host that is short of
    /// processors takes seconds for what is done in no time else.
    private static let patience: Int32 = 60_000
    private static let interval: Int32 = 20

    /// Until it has ended. Ends it itself when it is not as it is to be.
    func run(domain: UInt16, nodes: XenDeviceNodes?) throws(CommandFailure) {
        guard relay(listener, -1) == SANDBOX_RELAY_SERVES else { return }
        close(listener)
        if let nodes { try restrict(XenDescriptors(of: process, domain: domain), nodes) }
        // It is waited for, and its signals are passed on, with nothing to relay at last.
        while relay(-1, -1) != SANDBOX_RELAY_ENDED {}
    }

    /// On Xen: what it has is restricted by its launcher and by itself, and XenStore is taken away. It would keep that: a thread that
    /// reads from it goes on reading though the connection's number is another file's.
    private func restrict(_ descriptors: XenDescriptors, _ nodes: XenDeviceNodes) throws(CommandFailure) {
        do throws(LaunchFailure) {
            try nodes.revoke()
        } catch {
            try end([], "its device files cannot be revoked: \(error.object): \(FileError(path: "", number: error.number).reason)")
        }
        try judge(descriptors.restrictCommands())
        var rounds = Self.patience / Self.interval
        while !descriptors.isRestrictedByItself {
            guard rounds > 0 else { return try end([], "it serves its guest, and does not restrict itself") }
            if relay(-1, Self.interval) == SANDBOX_RELAY_ENDED { return }
            rounds -= 1
        }
        try judge(descriptors.audit())
        sandbox_relay_nothing()
    }

    private func relay(_ listener: Int32, _ patience: Int32) -> Int {
        let result = unsafe sandbox_relay(process.descriptor, listener, store, 8, patience)
        return result < 0 ? SANDBOX_RELAY_ENDED : Int(result)
    }

    private func judge(_ findings: [AuditFinding]) throws(CommandFailure) {
        findings.forEach { $0.report() }
        let differences = findings.filter { !$0.isAsPlanned }
        if !differences.isEmpty { try end(differences, "it is not restricted to its domain") }
    }

    private func end(_ differences: [AuditFinding], _ reason: String) throws(CommandFailure) {
        _ = sandbox_signal(process.descriptor, SIGKILL)
        _ = process.wait()
        throw CommandFailure(
            "`\(plan.name)` was ended: \(reason)\n" + differences.map { "  \($0.layer): \($0.found); wanted: \($0.wanted)\n" }.joined())
    }
}
