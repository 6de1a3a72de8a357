/// Who makes a hypercall, and from where.
struct Caller: Sendable {
    let domain: Domain
    /// The processor on which it runs: the cache counts by it.
    var processor = 0
    /// Which of the domain's own processors it is.
    var virtualProcessor: UInt32 = 0
    /// Who stands behind it, where the domain is not one alone.
    var owner: ClientOwner?
    /// On whom the domains depend that it makes, where they are not to outlive somebody.
    var keeper: DomainKeeper?
    let memory: any CallerMemory
}
