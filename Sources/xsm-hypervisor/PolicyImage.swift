import Commands
import Flask
import Hypervisor
import PolicyAnalysis
import PolicyReports

/// The policy that a hypervisor starts with: a binary, or the source of one.
enum PolicyImage {
    static func bytes(of path: String, for release: XenRelease) throws(CommandFailure) -> [UInt8] {
        do throws(InputFailure) {
            return try PolicyFile(path).image(for: release)
        } catch {
            throw .policy(error)
        }
    }

    /// Why a hypervisor does not start: what Xen prints before its last words, where no console has shown it, and who knows more of it.
    static func words(_ error: StartError, _ policy: String?, _ release: XenRelease, consoleIsShown: Bool = false) -> String {
        let start = "the hypervisor does not start: \(error.xenMessage)"
        guard case .flask(.policy(let refusal)) = error, let policy else { return start }
        let messages = consoleIsShown ? "" : refusal.xenMessages.map { "\n  (XEN) \($0)" }.joined()
        return start + messages + "\nsee `xsm-policy compat --on \(release) \(policy)`"
    }
}
