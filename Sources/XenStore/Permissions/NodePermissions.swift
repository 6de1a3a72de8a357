/// Who may do what with a node.
///
/// The first entry names the owner, who may do everything, and what those may do who are in no other entry; of the others the
/// first that names a domain counts for it (Xen, tools/xenstore/xenstored_core.c: `perm_for_conn`).
public struct NodePermissions: Hashable, Sendable {
    /// What a domain may do with a node.
    public enum Access: UInt8, Hashable, Sendable {
        case none = 0
        case read = 1
        case write = 2
        case both = 3

        /// The letter that stands for it on the wire.
        var letter: UInt8 {
            switch self {
            case .none: UInt8(ascii: "n")
            case .read: UInt8(ascii: "r")
            case .write: UInt8(ascii: "w")
            case .both: UInt8(ascii: "b")
            }
        }

        init?(letter: UInt8) {
            switch letter {
            case UInt8(ascii: "n"): self = .none
            case UInt8(ascii: "r"): self = .read
            case UInt8(ascii: "w"): self = .write
            case UInt8(ascii: "b"): self = .both
            default: return nil
            }
        }
    }

    /// One domain and its access.
    public struct Entry: Hashable, Sendable {
        public var domain: UInt16
        public var access: Access

        public init(domain: UInt16, access: Access) {
            self.domain = domain
            self.access = access
        }
    }

    public private(set) var owner: UInt16
    /// What domains may do that no entry names.
    public private(set) var others: Access
    /// Entries behind the first.
    public private(set) var named: [Entry]

    public init(owner: UInt16, others: Access = .none, _ named: [Entry] = []) {
        self.owner = owner
        self.others = others
        self.named = named
    }

    /// All entries, the owner's first.
    public var entries: [Entry] { [Entry(domain: owner, access: others)] + named }

    /// As many entries as there are.
    var count: Int { 1 + named.count }

    /// The same for a node that somebody else makes below.
    func owned(by domain: UInt16) -> NodePermissions { NodePermissions(owner: domain, others: others, named) }

    /// Without some of the entries behind the first.
    func keeping(_ isKept: (Entry) -> Bool) -> NodePermissions {
        NodePermissions(owner: owner, others: others, named.filter(isKept))
    }
}
