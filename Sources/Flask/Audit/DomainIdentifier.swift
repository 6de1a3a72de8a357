/// The number of a domain, as Xen's interface has it (xen/include/public/xen.h: `domid_t`).
public struct DomainIdentifier: Hashable, Sendable, RawRepresentable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// The one that asks, whoever that is: no domain has this number.
    public static let caller = DomainIdentifier(rawValue: 0x7ff0)
    /// Owns the memory of devices.
    public static let io = DomainIdentifier(rawValue: 0x7ff1)
    /// Owns the hypervisor's memory.
    public static let xen = DomainIdentifier(rawValue: 0x7ff2)
    /// Owns pages that domains share until one of them writes.
    public static let copyOnWrite = DomainIdentifier(rawValue: 0x7ff3)
    /// Runs where nobody else does.
    public static let idle = DomainIdentifier(rawValue: 0x7fff)
}

extension DomainIdentifier: CustomStringConvertible {
    /// As Xen prints it since 4.11 (xen/common/vsprintf.c: `print_domain`).
    public var description: String {
        switch self {
        case .io: "d[IO]"
        case .xen: "d[XEN]"
        case .copyOnWrite: "d[COW]"
        case .idle: "d[IDLE]"
        default: "d\(rawValue)"
        }
    }
}
