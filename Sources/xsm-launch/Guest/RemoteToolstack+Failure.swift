import Files
import Hypervisor

extension RemoteToolstack.Failure {
    /// What was not done, and what the hypervisor says.
    var text: String {
        "`\(operation)`: \(FileError(path: "", number: number).reason)" + (number == 13 ? " (the policy: see the hypervisor's log)" : "")
    }
}
