// The structures of calls as those make them who need no toolstack: scenarios and tests.

extension ABIStructure {
    /// `struct xen_domctl` with a command about a domain.
    init(_ command: DomainControlCommand, of domain: UInt16) {
        self.init(size: 144)
        set(command.rawValue, at: 0)
        set(Hypervisor.domainControlVersion, at: 4)
        set(domain, at: 8)
    }

    /// `struct xen_sysctl` with a command.
    init(_ command: SystemControlCommand) {
        self.init(size: 136)
        set(command.rawValue, at: 0)
        set(Hypervisor.systemControlVersion, at: 4)
    }
}
