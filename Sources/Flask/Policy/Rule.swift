/// One entry of the access vector table: what a source type may do to a target type, or which type results.
public struct Rule: Hashable, Sendable, BitwiseCopyable {
    /// What the rule decides; the numbers are the image's (Xen, xen/xsm/flask/ss/avtab.h).
    public struct Kind: Hashable, Sendable, BitwiseCopyable, RawRepresentable {
        public let rawValue: UInt16

        public init(rawValue: UInt16) {
            self.rawValue = rawValue
        }

        public static let allow = Kind(rawValue: 0x1)
        public static let auditAllow = Kind(rawValue: 0x2)
        /// Denials that are audited: dontaudit rules take bits away.
        public static let auditDeny = Kind(rawValue: 0x4)
        public static let typeTransition = Kind(rawValue: 0x10)
        public static let typeMember = Kind(rawValue: 0x20)
        public static let typeChange = Kind(rawValue: 0x40)
        public static let allowExtended = Kind(rawValue: 0x100)
        public static let auditAllowExtended = Kind(rawValue: 0x200)
        public static let dontAuditExtended = Kind(rawValue: 0x400)

        public var isAccessVector: Bool { rawValue & 0x7 != 0 }
        public var isType: Bool { rawValue & 0x70 != 0 }
        public var isExtended: Bool { rawValue & 0x700 != 0 }
    }

    public var source: UInt16
    public var target: UInt16
    public var objectClass: UInt16
    public var kind: Kind
    /// The permissions or the type's number; for extended permissions an index into
    /// ``RuleTable/extendedPermissions``.
    public var data: UInt32

    public init(source: UInt16, target: UInt16, objectClass: UInt16, kind: Kind, data: UInt32) {
        self.source = source
        self.target = target
        self.objectClass = objectClass
        self.kind = kind
        self.data = data
    }
}
