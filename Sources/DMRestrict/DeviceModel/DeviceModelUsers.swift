/// The users and groups that device models run as, by the numbers of their domains: a range in which nobody else is.
public struct DeviceModelUsers: Hashable, Sendable {
    /// Nobody's device model has the first: dom0 needs none. It ends what others left running.
    public let first: UInt32
    /// How many hypervisors' domains have users of their own: each counts its domains from 1.
    public let hypervisors: UInt32

    /// As many as there are numbers of domains, and more (Xen, xen/include/public/xen.h: `DOMID_FIRST_RESERVED`).
    private static let domains: UInt32 = 0x8000

    /// Beyond what systems give to users and to containers (systemd, docs/UIDS-GIDS.md: those of containers end at 0x6fffffff).
    public static let usual = DeviceModelUsers(first: 0x7000_0000, hypervisors: 8)

    private init(first: UInt32, hypervisors: UInt32) {
        self.first = first
        self.hypervisors = hypervisors
    }

    /// From a range, as `1879048192-1879310335`; nil where it is none, begins among the system's users, or is too small for one hypervisor.
    public init?(range text: some StringProtocol) {
        let numbers = text.split(separator: "-", omittingEmptySubsequences: false).map { UInt32($0) }
        guard numbers.count == 2, let first = numbers[0], let last = numbers[1], first >= 1_000, last < UInt32.max, last > first,
            last - first + 1 >= Self.domains
        else { return nil }
        self.init(first: first, hypervisors: (last - first + 1) / Self.domains)
    }

    /// Who ends what is left of the others.
    public var reaper: UInt32 { first }

    /// The user, and group, of a domain of the first hypervisor.
    public func user(of domain: UInt16) -> UInt32 { first + UInt32(domain % 0x8000) }

    /// The users that a domain's device model may run as, of which one hypervisor takes the same for all.
    public func users(of domain: UInt16) -> [UInt32] { (0..<hypervisors).map { user(of: domain) + $0 * Self.domains } }
}
