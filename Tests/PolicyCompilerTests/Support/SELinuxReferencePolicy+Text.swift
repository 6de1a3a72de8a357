import Foundation
import TestSupport

extension SELinuxReferencePolicy {
    /// The policy.conf of its monolithic build, which nobody may change; nil, with the reason told, when it is not there.
    static func text(_ kind: String) throws -> URL? {
        guard isThere else {
            Peers.missing("SELinux's reference policy (Debian's selinux-policy-src) is not there")
            return nil
        }
        return try shared(kind).appendingPathComponent("policy.conf")
    }
}
