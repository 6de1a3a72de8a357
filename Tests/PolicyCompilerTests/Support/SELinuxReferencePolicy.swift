import Foundation
import Testing

/// SELinux's reference policy from Debian's selinux-policy-src: the largest policy that there is to compare with.
enum SELinuxReferencePolicy {
    /// Unpacks it, sets its type (`standard`, `mls`), and makes the policy.conf of its monolithic build in a folder; nil, with the reason told, when that cannot be done.
    static func text(_ kind: String, in folder: URL) throws -> URL? {
        let archive = "/usr/src/selinux-policy-src.tar.zst"
        guard FileManager.default.fileExists(atPath: archive) else {
            Peers.missing("SELinux's reference policy (Debian's selinux-policy-src) is not there")
            return nil
        }
        let script = """
            tar --zstd -xf \(archive) && cd selinux-policy-src &&
            sed -i 's/^TYPE = .*/TYPE = \(kind)/' build.conf &&
            make -s conf MONOLITHIC=y QUIET=y && make -s policy.conf MONOLITHIC=y QUIET=y
            """
        let made = try ProcessResult.run(URL(fileURLWithPath: "/bin/sh"), ["-c", script], in: folder)
        let text = folder.appendingPathComponent("selinux-policy-src/policy.conf")
        guard made.status == 0, FileManager.default.fileExists(atPath: text.path) else {
            Issue.record("the reference policy cannot be made: \(made.text.suffix(2_000))")
            return nil
        }
        return text
    }
}
