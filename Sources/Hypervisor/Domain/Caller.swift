/// Who makes a hypercall, and from where.
struct Caller: Sendable {
    let domain: Domain
    /// The processor on which it runs: the cache counts by it.
    var processor = 0
    let memory: any CallerMemory
}
