public import Flask

/// Something in a log by which the release of the hypervisor is known that printed it.
public enum ReleaseSign: Hashable, Sendable {
    /// The hypervisor said its version when it started.
    case banner(XenRelease)
    /// Domains are told of by bare numbers, `domid=0`: until 4.16.
    case numberedDomains
    /// Domains are told of as `source=d0` or `current=d0`: since 4.17.
    case namedDomains
    /// A class, or a permission of one, that not all releases have.
    case objectClass(String)
    case permission(String, objectClass: String)
}
