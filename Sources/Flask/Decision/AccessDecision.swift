/// What a policy says about one class of permissions between two contexts.
public struct AccessDecision: Hashable, Sendable {
    /// The permissions that are granted, one bit each.
    public var allowed: UInt32
    /// Those whose grant is to be reported.
    public var auditAllow: UInt32
    /// Those whose denial is to be reported.
    public var auditDeny: UInt32
    /// Whether the source's type is permissive: what it is denied is reported and done all the same.
    public var isPermissive: Bool

    public init(allowed: UInt32, auditAllow: UInt32 = 0, auditDeny: UInt32 = .max, isPermissive: Bool = false) {
        self.allowed = allowed
        self.auditAllow = auditAllow
        self.auditDeny = auditDeny
        self.isPermissive = isPermissive
    }

    /// What is decided while there is no policy yet (Xen, xen/xsm/flask/ss/services.c: `security_compute_av`).
    public static let withoutPolicy = AccessDecision(allowed: .max)
}
