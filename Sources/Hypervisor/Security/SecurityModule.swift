/// What decides about hypercalls (Xen's boot parameters `xsm=` and `flask=`).
public enum SecurityModule: String, Hashable, Sendable, CaseIterable {
    /// A policy.
    case flask
    /// The control domain may do everything, others what concerns themselves.
    case dummy
    /// As `dummy`, and domains that do not control the machine reach no other.
    case silo
}
