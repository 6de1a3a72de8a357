public import Flask
public import PolicyAnalysis

/// What is to be said of a decision in a log: what was tried, what a policy says of it now, and why.
public struct DenialExplanation: Sendable {
    /// What a policy says of one permission.
    public enum Verdict: String, Hashable, Sendable, CaseIterable {
        case allowed, denied
        /// There is no policy, or it cannot be asked about this.
        case undecided
    }

    /// One of the permissions that the line names.
    public struct Permission: Sendable {
        public let name: Name
        /// The operations that ask for it.
        public let operations: [HypercallOperation]
        /// Why there are none, if that is known.
        public let absence: String?
        /// The releases of Xen that have it, oldest first.
        public let releases: [XenRelease]
        public let verdict: Verdict
        public let causes: [DenialCause]
    }

    /// What the line says.
    public let record: AuditRecord
    public let permissions: [Permission]
    /// What is to be said of the whole.
    public let causes: [DenialCause]
    /// Whether the source's type is permissive in the policy.
    public let isPermissive: Bool
    /// The type transitions that make the two types, such as `…_self` and `…_target`: where contexts came from that nobody has written.
    public let sourceOrigins: [SearchAnswer.Entry]
    public let targetOrigins: [SearchAnswer.Entry]

    /// Of all permissions: denied where any is, undecided where any is that is not denied.
    public var verdict: Verdict {
        if permissions.contains(where: { $0.verdict == .denied }) { return .denied }
        return permissions.isEmpty || permissions.contains { $0.verdict == .undecided } ? .undecided : .allowed
    }

    /// Everything that was found, without repetition by kind and text.
    public var kinds: Set<DenialCause.Kind> { Set((causes + permissions.flatMap(\.causes)).map(\.kind)) }
}
