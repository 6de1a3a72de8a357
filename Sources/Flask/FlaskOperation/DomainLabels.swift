/// The contexts that a domain has (Xen, xen/xsm/flask/include/objsec.h: `struct domain_security_struct`).
public struct DomainLabels: Hashable, Sendable {
    public let domain: DomainIdentifier
    /// The domain as one that acts.
    public var identifier: SecurityIdentifier
    /// The domain as its own target.
    public var selfIdentifier: SecurityIdentifier
    /// The domain as the target of the one that it serves, a device model's guest for example.
    public var targetIdentifier: SecurityIdentifier
    /// The context of the domain that this one serves, if it serves one.
    public let served: SecurityIdentifier?

    public init(
        domain: DomainIdentifier, identifier: SecurityIdentifier, selfIdentifier: SecurityIdentifier,
        targetIdentifier: SecurityIdentifier, served: SecurityIdentifier? = nil
    ) {
        self.domain = domain
        self.identifier = identifier
        self.selfIdentifier = selfIdentifier
        self.targetIdentifier = targetIdentifier
        self.served = served
    }
}
