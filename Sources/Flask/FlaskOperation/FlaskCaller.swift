/// The domain that makes a `flask_op` hypercall, and what the hypervisor knows around it. Flask asks for nothing before it
/// has decided that the caller may know.
public protocol FlaskCaller {
    /// The domain's own number.
    var domain: DomainIdentifier { get }
    /// The number of the domain's context.
    var identifier: SecurityIdentifier { get }
    /// The processor on which it runs, for the cache's statistics.
    var processor: Int { get }
    /// How wide its pointers are.
    var pointerWidth: GuestPointerWidth { get }

    /// Bytes of the caller's memory; nil when they are not all there.
    func read(_ count: Int, at address: UInt64) -> [UInt8]?
    /// Writes into the caller's memory; false when it is not all there.
    mutating func write(_ bytes: [UInt8], at address: UInt64) -> Bool

    /// The context of the domain at the other end of one of the caller's event channels; nil when there is no such end.
    func peerIdentifier(ofPort port: UInt32) -> SecurityIdentifier?
    /// What a domain is labelled with; nil when there is no such domain. ``DomainIdentifier/caller`` is the caller.
    func labels(of domain: DomainIdentifier) -> DomainLabels?
    /// Labels a domain anew.
    mutating func setLabels(_ labels: DomainLabels)
}
