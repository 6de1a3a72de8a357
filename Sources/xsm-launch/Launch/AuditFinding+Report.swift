import DMRestrict
import Files
import Glibc

extension AuditFinding {
    func report() { tell("xsm-launch: \(layer): \(found)\n", STDERR_FILENO) }
}
