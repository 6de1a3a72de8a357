import Foundation
import TestSupport
import Testing

extension SELinuxReferencePolicy {
    /// The policy.conf of its monolithic build, which nobody may change; nil, with the reason told, when it is not there.
    static func text(_ kind: String) throws -> URL? {
        guard isThere else {
            Peer.missing("SELinux's reference policy (Debian's selinux-policy-src): nothing was compared with it")
            return nil
        }
        return try shared(kind).appendingPathComponent("policy.conf")
    }
}
