/// A `flask_op` hypercall, understood: what is asked for, and the words that say about what. Nothing is checked yet.
enum FlaskOperation: Hashable, Sendable {
    case load(GuestBuffer)
    case getEnforce
    case setEnforce(Bool)
    case contextToSID(GuestBuffer)
    case sidToContext(SecurityIdentifier, GuestBuffer)
    case access(SecurityIdentifier, SecurityIdentifier, objectClass: UInt16)
    case newContext(LoadedPolicy.NewContext, SecurityIdentifier, SecurityIdentifier, objectClass: UInt16)
    case policyVersion
    case getBoolean(BooleanChoice)
    case setBoolean(BooleanChoice, value: Bool, commits: Bool)
    case commitBooleans
    case mls
    case getCacheThreshold
    case setCacheThreshold(UInt32)
    case cacheHashStatistics
    case cacheStatistics(processor: UInt32)
    case addObjectContext(kind: UInt32, low: UInt64, high: UInt64, SecurityIdentifier)
    case removeObjectContext(kind: UInt32, low: UInt64, high: UInt64)
    case getPeerSID(port: UInt32)
    case relabelDomain(UInt32, SecurityIdentifier)
    case labelDeviceTreeNode(GuestBuffer, SecurityIdentifier)

    /// Some of the caller's memory.
    struct GuestBuffer: Hashable, Sendable {
        let address: UInt64
        let size: UInt32
    }

    /// A boolean by its number, or by its name when the number is all ones.
    struct BooleanChoice: Hashable, Sendable {
        let number: UInt32
        let name: GuestBuffer

        var isByName: Bool { number == .max }
    }

    /// What arguments ask for; nil for a command that is not, or no longer, one.
    init?(_ arguments: FlaskArguments) {
        guard let command = FlaskCommand(rawValue: arguments.command) else { return nil }
        switch command {
        case .load:
            self = .load(
                GuestBuffer(address: arguments.address(at: 8), size: arguments.word32(at: arguments.behindPointer(at: 8))))
        case .getEnforce: self = .getEnforce
        case .setEnforce: self = .setEnforce(arguments.word32(at: 8) != 0)
        case .contextToSID: self = .contextToSID(Self.text(arguments))
        case .sidToContext: self = .sidToContext(arguments.sid(at: 8), Self.text(arguments))
        case .access: self = .access(arguments.sid(at: 8), arguments.sid(at: 12), objectClass: Self.objectClass(arguments))
        case .create: self = Self.newContext(.transition, arguments)
        case .relabel: self = Self.newContext(.change, arguments)
        case .member: self = Self.newContext(.member, arguments)
        case .user, .disable: return nil
        case .policyVersion: self = .policyVersion
        case .getBoolean: self = .getBoolean(Self.boolean(arguments))
        case .setBoolean:
            self = .setBoolean(
                Self.boolean(arguments), value: arguments.byte(at: 14) != 0, commits: arguments.byte(at: 15) != 0)
        case .commitBooleans: self = .commitBooleans
        case .mls: self = .mls
        case .getCacheThreshold: self = .getCacheThreshold
        case .setCacheThreshold: self = .setCacheThreshold(arguments.word32(at: 8))
        case .cacheHashStatistics: self = .cacheHashStatistics
        case .cacheStatistics: self = .cacheStatistics(processor: arguments.word32(at: 8))
        case .addObjectContext:
            self = .addObjectContext(
                kind: arguments.word32(at: 8), low: arguments.word64(at: 16), high: arguments.word64(at: 24), arguments.sid(at: 12))
        case .removeObjectContext:
            self = .removeObjectContext(
                kind: arguments.word32(at: 8), low: arguments.word64(at: 16), high: arguments.word64(at: 24))
        case .getPeerSID: self = .getPeerSID(port: arguments.word32(at: 8))
        case .relabelDomain: self = .relabelDomain(arguments.word32(at: 8), arguments.sid(at: 12))
        case .labelDeviceTreeNode: self = .labelDeviceTreeNode(Self.text(arguments), arguments.sid(at: 8))
        }
    }

    private static func text(_ arguments: FlaskArguments) -> GuestBuffer {
        GuestBuffer(address: arguments.address(at: 16), size: arguments.word32(at: 12))
    }

    private static func boolean(_ arguments: FlaskArguments) -> BooleanChoice {
        BooleanChoice(
            number: arguments.word32(at: 8), name: GuestBuffer(address: arguments.nameAddress, size: arguments.word32(at: 16)))
    }

    /// As in Xen, which keeps sixteen bits of thirty-two.
    private static func objectClass(_ arguments: FlaskArguments) -> UInt16 {
        UInt16(truncatingIfNeeded: arguments.word32(at: 16))
    }

    private static func newContext(_ purpose: LoadedPolicy.NewContext, _ arguments: FlaskArguments) -> Self {
        .newContext(purpose, arguments.sid(at: 8), arguments.sid(at: 12), objectClass: objectClass(arguments))
    }
}
