import Flask
import Foundation
import PolicyAnalysis
import TestSupport
import Testing

/// SELinux's reference policy as an image, and with changes.
enum ReferenceImage {
    /// Made once, by the tool as users get it; nil, with a warning, where its source is not there.
    static func standard() throws -> AnalysedPolicy? {
        guard SELinuxReferencePolicy.isThere else {
            Peer.missing("SELinux's reference policy (Debian's selinux-policy-src): nothing was compared with it")
            return nil
        }
        return try made.get()
    }

    private static let made = Result { () throws -> AnalysedPolicy in
        let source = try SELinuxReferencePolicy.shared("standard").appendingPathComponent("policy.conf")
        let compiler = try #require(BuiltPackage.compiler)
        let folder = try TemporaryFolder()
        let image = folder.url.appendingPathComponent("image")
        let made = try ProcessResult.run(
            compiler, ["-t", "selinux", "-c", "33", "--layout", "3.5", "-o", image.path, source.path])
        try #require(made.status == 0, "\(made.text.suffix(500))")
        return try AnalysedPolicy([UInt8](Data(contentsOf: image)), named: image.path)
    }

    /// As many allow rules as told are gone, say something else, or are new.
    static func changed(_ policy: Policy, rules count: Int, _ random: inout SplitMix64) -> Policy {
        var policy = policy
        var left = count
        while left > 0 {
            let place = random.below(policy.rules.rules.count)
            guard policy.rules.rules[place].kind == .allow else { continue }
            switch random.below(3) {
            case 0: policy.rules.rules.remove(at: place)
            case 1: policy.rules.rules[place].data ^= 1 << UInt32(random.below(4))
            default:
                var rule = policy.rules.rules[place]
                rule.source = policy.rules.rules[random.below(policy.rules.rules.count)].source
                let isThere = policy.rules.rules.contains {
                    $0.kind == rule.kind && $0.source == rule.source && $0.target == rule.target
                        && $0.objectClass == rule.objectClass
                }
                guard !isThere else { continue }
                policy.rules.rules.append(rule)
            }
            left -= 1
        }
        return policy
    }
}
