/// A policy, complete and resolved: what the compiler builds, the image holds, and the security server decides from.
///
/// Symbols are numbered from 1; the entry of number n stands at index n − 1. A number without an entry is a hole:
/// images keep the numbers of role attributes and, before version 24, of type attributes, but not the entries.
public struct Policy: Hashable, Sendable {
    public var target: Target
    /// The image version, 15 to 35.
    public var version: UInt32
    public var isMLS: Bool
    public var handleUnknown: HandleUnknown

    public var capabilities: Bitmap = []
    /// The numbers of permissive types (the number itself, not the index).
    public var permissiveTypes: Bitmap = []
    /// The numbers of types whose denials are never audited; version 35 and later.
    public var neverauditTypes: Bitmap = []

    public var commons: [PermissionTable] = []
    public var classes: [ObjectClass] = []
    public var roles: [Role?] = []
    public var types: [TypeEntry?] = []
    public var typeAliases: [Alias] = []
    public var users: [User?] = []
    public var booleans: [Boolean] = []
    public var sensitivities: [Sensitivity] = []
    public var sensitivityAliases: [Alias] = []
    public var categories: [Name] = []
    public var categoryAliases: [Alias] = []

    public var rules = RuleTable()
    public var conditionals: [Conditional] = []
    public var roleTransitions: [RoleTransition] = []
    public var roleAllows: [RoleAllow] = []
    public var filenameTransitions: [FilenameTransition] = []
    public var rangeTransitions: [RangeTransition] = []

    /// In the order of the image: compilers write them last to first.
    public var initialContexts: [InitialContext] = []
    public var deviceContexts = DeviceContexts()
    public var networkContexts = NetworkContexts()
    public var genfsContexts: [GenfsContexts] = []

    /// For each type number the attributes that it has, as indices, itself included; the index of an attribute
    /// holds itself only.
    public var typeAttributes: [Bitmap] = []

    public init(target: Target, version: UInt32, isMLS: Bool, handleUnknown: HandleUnknown = .deny) {
        self.target = target
        self.version = version
        self.isMLS = isMLS
        self.handleUnknown = handleUnknown
    }
}

extension Policy {
    /// Whose kernel the policy is for; it decides the image's signature string and its object contexts.
    public enum Target: Hashable, Sendable {
        /// `XenFlask`: Xen since 4.2.
        case xen
        /// `SE Linux`: Linux, and the legacy form that Xen also accepts.
        case selinux
    }

    /// What the kernel is to do about classes and permissions that the policy does not know.
    public enum HandleUnknown: UInt32, Hashable, Sendable {
        case deny = 0
        case reject = 2
        case allow = 4

        /// As the policy language and CIL have it.
        public var word: String {
            switch self {
            case .deny: "deny"
            case .reject: "reject"
            case .allow: "allow"
            }
        }
    }

    /// Another name for a symbol.
    public struct Alias: Hashable, Sendable {
        public let name: Name
        /// The number of the symbol that it names.
        public let number: UInt32

        public init(name: Name, number: UInt32) {
            self.name = name
            self.number = number
        }
    }
}
