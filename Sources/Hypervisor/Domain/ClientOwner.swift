/// Who stands behind hypercalls, where several programs make them as one domain. Two are the same only if they are one
/// object.
public final class ClientOwner: Sendable {
    /// What the console calls it: `process 77`.
    public let name: String
    /// What is closed to it beyond what the hooks say. Xen has no such limits.
    public let limits: ClientLimits
    /// Whether it may let other programs act as domains, where its own domain may; these are others then.
    let opensDoors: Bool

    /// By choice one to whom not everything is open.
    public init(name: String = "a client", limits: ClientLimits = ClientLimits(), opensDoors: Bool = false) {
        self.name = name
        self.limits = limits
        self.opensDoors = opensDoors
    }

    /// One to whom only some device-model operations are open.
    public convenience init(deviceModelOperations: Set<UInt32>?) {
        self.init(limits: ClientLimits(deviceModelOperations: deviceModelOperations))
    }
}
