import Diagnostics
import Flask

/// Tells for what Xen would refuse a compiled policy: a warning, and an error when the policy is for a release.
struct RejectionChecker {
    private let rejections: [XenRejection]
    private let severity: Diagnostic.Severity

    /// What the writer of images refuses is left to it.
    init(_ policy: Policy, isError: Bool) {
        severity = isError ? .error : .warning
        rejections = policy.xenRejections().filter { rejection in
            switch rejection.reason {
            case .version, .extendedPermissions: policy.target == .selinux
            default: true
            }
        }
    }

    /// What has no objection.
    init() {
        rejections = []
        severity = .warning
    }

    var isEmpty: Bool { rejections.isEmpty }

    /// The warnings of the linter, as severe as what is wrong.
    func weighed(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
        let codes = Set(rejections.compactMap { Self.lint($0) })
        return diagnostics.map { diagnostic in
            guard codes.contains(diagnostic.code) else { return diagnostic }
            var diagnostic = diagnostic
            diagnostic.severity = severity
            return diagnostic
        }
    }

    /// What the linter did not tell of, which knows the places of some.
    ///
    /// - Parameter fits: Whether the policy fits a release. One that does not is told to be refused already, and may be a
    ///   trial that has no rules yet.
    func diagnostics(besides told: [Diagnostic], fits: Bool) -> [Diagnostic] {
        let codes = Set(told.map(\.code))
        return rejections.compactMap { rejection in
            if let code = Self.lint(rejection), codes.contains(code) { return nil }
            if rejection.reason == .noRules, severity == .warning, !fits { return nil }
            return Self.diagnostic(rejection, severity)
        }
    }

    static func diagnostic(_ rejection: XenRejection, _ severity: Diagnostic.Severity) -> Diagnostic {
        Diagnostic(
            "xen-rejects", severity, "Xen refuses to load the policy: \(rejection)", at: .unknown,
            notes: rejection.message.map { ["it prints `\($0)`"] } ?? [])
    }

    /// The lint that tells of the same.
    private static func lint(_ rejection: XenRejection) -> Diagnostic.Code? {
        switch rejection.reason {
        case .classWithCommon: "xen-rejects-inherits"
        case .filenameTransitions: "xen-rejects-filename-transition"
        default: nil
        }
    }
}
