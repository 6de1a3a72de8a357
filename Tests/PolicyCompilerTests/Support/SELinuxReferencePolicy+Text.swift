import Foundation
import TestSupport

extension SELinuxReferencePolicy {
    /// The policy.conf of its monolithic build; nil, with the reason told, when it is not there.
    static func text(_ kind: String, in folder: URL) throws -> URL? {
        guard isThere else {
            Peers.missing("SELinux's reference policy (Debian's selinux-policy-src) is not there")
            return nil
        }
        return try unpack(kind, making: ["conf", "policy.conf"], in: folder).appendingPathComponent("policy.conf")
    }
}
