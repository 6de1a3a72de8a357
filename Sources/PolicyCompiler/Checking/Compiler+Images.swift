public import Diagnostics
public import Flask

// What is asked about a policy of which there is the image only.

extension Compiler {
    /// The releases of Xen that load the policy of an image and mean the same by it, oldest first. Images do not name
    /// initial SIDs, so that releases with as many count as equal.
    public static func fittingReleases(of policy: Policy) -> [XenRelease] {
        guard policy.xenRejections().isEmpty else { return [] }
        return VocabularyOutline(policy).fittingReleases().filter {
            $0.loads(version: policy.version, target: policy.target)
        }
    }

    /// What Xen has against a policy: warnings about one for Xen, errors when it is to load on a release.
    public static func check(_ policy: Policy, for release: XenRelease?) -> [Diagnostic] {
        guard let release else {
            return policy.target == .xen ? policy.xenRejections().map { RejectionChecker.diagnostic($0, .warning) } : []
        }
        var result = [VocabularyComparison.versionDiagnostic(policy.version, policy.target, release)].compactMap(\.self)
        if let vocabulary = Vocabulary(of: release) {
            result += VocabularyComparison(policy).mismatches(vocabulary).map { mismatch in
                let (code, message, help) = mismatch.described(for: release)
                return Diagnostic(code, .error, message, at: .unknown, help: help)
            }
        }
        for rejection in policy.xenRejections() {
            // The release tells better which versions it loads.
            if case .version = rejection.reason { continue }
            result.append(RejectionChecker.diagnostic(rejection, .error))
        }
        return result
    }
}
