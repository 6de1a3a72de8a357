import Synchronization

/// Who stands behind hypercalls, where several programs make them as one domain. Two are the same only if they are one
/// object.
public final class ClientOwner: Sendable {
    /// What the console calls it: `process 77`.
    public let name: String
    /// What is closed to it beyond what the hooks say. Xen has no such limits.
    public let limits: ClientLimits
    /// Whether it may let other programs act as domains, where its own domain may; these are others then.
    let opensDoors: Bool
    /// The domain to which it was restricted later on; ``none`` where it was not.
    private let later = Atomic<UInt32>(ClientOwner.none)
    private static let none = UInt32.max

    /// By choice one to whom not everything is open.
    public init(name: String = "a client", limits: ClientLimits = ClientLimits(), opensDoors: Bool = false) {
        self.name = name
        self.limits = limits
        self.opensDoors = opensDoors
    }

    /// The only domain that it may reach; nil where the hooks alone decide.
    public var restriction: UInt16? { limits.restriction ?? UInt16(exactly: later.load(ordering: .acquiring)) }

    /// Restricts it to a domain, with all that it has and will have: nothing undoes that. Whether it is restricted to that domain now.
    func restrict(to domain: UInt16) -> Bool {
        guard limits.restriction == nil else { return limits.restriction == domain }
        let (done, before) = later.compareExchange(expected: Self.none, desired: UInt32(domain), ordering: .acquiringAndReleasing)
        return done || before == UInt32(domain)
    }

    /// One to whom only some device-model operations are open.
    public convenience init(deviceModelOperations: Set<UInt32>?) {
        self.init(limits: ClientLimits(deviceModelOperations: deviceModelOperations))
    }
}
