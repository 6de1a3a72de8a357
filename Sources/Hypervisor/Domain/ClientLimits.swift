/// What is closed to a program that acts as a domain, beyond what the hooks say of the domain: nothing, unless something is named
/// here. Xen has no such limits, but for the restriction, which its libraries ask for handle by handle.
public struct ClientLimits: Hashable, Sendable {
    /// The device-model operations that are open to it, by number (`XEN_DMOP_*`); nil where the hooks alone decide.
    public var deviceModelOperations: Set<UInt32>?
    /// The only domain that it may reach; nil where the hooks alone decide.
    public var restriction: UInt16?

    public init(deviceModelOperations: Set<UInt32>? = nil, restriction: UInt16? = nil) {
        self.deviceModelOperations = deviceModelOperations
        self.restriction = restriction
    }

    /// The numbers of device-model operations that are named with commas between them, as Xen's interface names them:
    /// `create_ioreq_server,inject_msi`. Nothing where there is no name; nil with a name that none has, which is given back.
    public static func deviceModelOperations(named text: String) -> (numbers: Set<UInt32>, unknown: String?) {
        var numbers: Set<UInt32> = []
        for name in text.split(separator: ",") {
            guard let command = DeviceModelCommand.allCases.first(where: { $0.name == name }) else {
                return (numbers, String(name))
            }
            numbers.insert(command.rawValue)
        }
        return (numbers, nil)
    }

    /// All names of device-model operations.
    public static var deviceModelOperationNames: [String] { DeviceModelCommand.allCases.map(\.name) }
}

// As the protocol's message for a door says it (Documentation/connection-protocol.md): flags, a bit for each operation, a domain.
extension ClientLimits {
    private static let limitsOperations: UInt64 = 1 << 1
    private static let isRestricted: UInt64 = 1 << 2

    /// Whose handles have an owner: those of a program for itself, and those of one with limits.
    static let hasOwner: UInt64 = 1 << 0

    var words: [UInt64] {
        let operations = deviceModelOperations.map { $0.reduce(into: 0 as UInt64) { if $1 < 64 { $0 |= 1 << UInt64($1) } } }
        let flags = (operations == nil ? 0 : Self.limitsOperations) | (restriction == nil ? 0 : Self.isRestricted)
        return [Self.hasOwner | flags, operations ?? 0, UInt64(restriction ?? 0)]
    }

    /// Nil when the words say nothing that could be.
    init?(flags: UInt64, operations: UInt64, domain: UInt64) {
        guard flags & ~(Self.hasOwner | Self.limitsOperations | Self.isRestricted) == 0 else { return nil }
        if flags & Self.limitsOperations != 0 {
            deviceModelOperations = Set((0..<64).filter { operations >> UInt64($0) & 1 == 1 })
        } else {
            guard operations == 0 else { return nil }
        }
        if flags & Self.isRestricted != 0 {
            // The number that stands for no domain would be no restriction.
            guard let number = UInt16(exactly: domain), number != PrivcmdAudit.noDomain else { return nil }
            restriction = number
        } else {
            guard domain == 0 else { return nil }
        }
    }
}
