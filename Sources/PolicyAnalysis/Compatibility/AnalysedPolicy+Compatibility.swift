public import Flask
import PolicyCompiler

extension AnalysedPolicy {
    /// What each release of Xen does with the policy, or those that are named.
    public func compatibility(with releases: [ReleaseTables] = ReleaseTables.all) -> CompatibilityAnswer {
        let checker = CompatibilityChecker(self)
        return CompatibilityAnswer(
            target: policy.target, version: policy.version, releases: releases.reversed().map { checker.answer(for: $0) })
    }
}

extension CompatibilityAnswer {
    /// What releases do with an image of which no more can be read than for whom it is: nil when another mistake is in it, about which
    /// Xen might think otherwise.
    public init?(unreadable error: ImageReadError, releases: [ReleaseTables] = ReleaseTables.all) {
        guard error.isAboutHeader else { return nil }
        self.init(
            target: nil, version: nil,
            releases: releases.reversed().map { tables in
                var refusal = PolicyLoadError.image(error)
                var changes: [PolicyChange] = []
                if case .unsupportedVersion(let version, let target) = error.reason {
                    refusal = .rejected([XenRejection(.version(version, target, newest: tables.release.policyVersion))])
                    changes = target == .xen ? [.version(tables.release.policyVersion)] : [.targetXen]
                }
                return ReleaseAnswer(release: tables.name, verdict: .refuses(refusal), changes: changes, remarks: [])
            })
    }
}

extension ImageReadError {
    fileprivate var isAboutHeader: Bool {
        switch reason {
        case .unknownTarget, .unsupportedVersion: true
        default: false
        }
    }
}
