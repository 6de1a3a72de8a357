/// Who asks and about what, for the record of a decision: what a hook knows beside the contexts.
public struct AuditSubject: Hashable, Sendable {
    /// The domain that does something, where the hook names it.
    public var source: DomainIdentifier?
    /// The domain to which it is done.
    public var target: DomainIdentifier?
    /// The domain whose processor runs; it is told of where the hook names nobody.
    public var current: DomainIdentifier?
    public var object: AuditObject?

    public init(
        source: DomainIdentifier? = nil, target: DomainIdentifier? = nil, current: DomainIdentifier? = nil,
        object: AuditObject? = nil
    ) {
        self.source = source
        self.target = target
        self.current = current
        self.object = object
    }
}
