/// A decision that was told of: an `avc:` line, read or to be written.
public struct AuditRecord: Hashable, Sendable {
    /// As a line says it.
    public enum Verdict: String, Hashable, Sendable, CaseIterable { case denied, granted }

    public var verdict: Verdict
    /// Names that the release has for the permissions, in the order of their bits.
    public var permissions: [Name]
    /// Bits that have no name in the release.
    public var unnamedPermissions: UInt32
    public var subject: AuditSubject
    public var source: Context
    public var target: Context
    public var objectClass: Name

    /// A context as it is told of.
    public enum Context: Hashable, Sendable {
        /// Its text, without a zero byte. Names may be any bytes.
        case text([UInt8])
        /// The number of one that has no text.
        case identifier(SecurityIdentifier)
    }

    public init(
        verdict: Verdict, permissions: [Name], unnamedPermissions: UInt32 = 0, subject: AuditSubject = AuditSubject(),
        source: Context, target: Context, objectClass: Name
    ) {
        self.verdict = verdict
        self.permissions = permissions
        self.unnamedPermissions = unnamedPermissions
        self.subject = subject
        self.source = source
        self.target = target
        self.objectClass = objectClass
    }
}

extension AuditRecord {
    /// Which permissions are to be told of after a decision, and as what; nil when none (Xen, xen/xsm/flask/avc.c:
    /// `avc_audit`). `hasFailed` says that they were refused without a decision against them.
    static func toTell(
        requested: UInt32, decision: AccessDecision, hasFailed: Bool
    ) -> (verdict: Verdict, permissions: UInt32)? {
        let denied = requested & ~decision.allowed
        if denied != 0 { return denied & decision.auditDeny != 0 ? (.denied, denied) : nil }
        if hasFailed { return (.denied, requested) }
        return requested & decision.auditAllow != 0 ? (.granted, requested) : nil
    }

    /// The record of permissions of a class, by its numbers in a release's table. A class that the release does not have
    /// is told of by its number.
    init(
        _ verdict: Verdict, permissions bits: UInt32, objectClass number: UInt16, _ subject: AuditSubject, source: Context,
        target: Context, in vocabulary: Vocabulary
    ) {
        let objectClass = number > 0 && number <= vocabulary.classes.count ? vocabulary.classes[Int(number) - 1] : nil
        var names: [Name] = []
        var unnamed = bits
        for (bit, name) in (objectClass?.permissions ?? []).prefix(32).enumerated() where bits >> UInt32(bit) & 1 == 1 {
            names.append(Name(name))
            unnamed &= ~(1 << UInt32(bit))
        }
        self.init(
            verdict: verdict, permissions: names, unnamedPermissions: unnamed, subject: subject, source: source, target: target,
            objectClass: Name(objectClass?.name ?? String(number)))
    }
}
