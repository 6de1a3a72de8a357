public import Flask

/// Who did something to whom, by the domains' numbers: what a hook of the hypervisor knew of them.
public struct DomainPair: Hashable, Sendable {
    /// The domain that did it; the one whose processor ran where the line names nobody else.
    public var source: DomainIdentifier?
    public var target: DomainIdentifier?

    public init(source: DomainIdentifier?, target: DomainIdentifier?) {
        self.source = source
        self.target = target
    }
}
