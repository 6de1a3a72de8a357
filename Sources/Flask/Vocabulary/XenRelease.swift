/// A release of Xen whose Flask tables are known, such as 4.17.
public struct XenRelease: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let major: Int
    public let minor: Int
    let name: String

    /// A release by its name, `4.17`; a third number, as in `4.17.2`, does not matter. Nil when its tables are not known.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3, let major = Int(parts[0]), let minor = Int(parts[1]),
            let known = Self.all.first(where: { $0.major == major && $0.minor == minor })
        else { return nil }
        self = known
    }

    private init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
        name = "\(major).\(minor)"
    }

    /// Every release with known tables, oldest first. Development trees of the table are no release.
    public static let all: [XenRelease] = Vocabulary.tables.compactMap { entry in
        let parts = entry.release.split(separator: ".")
        guard parts.count == 2, let major = Int(parts[0]), let minor = Int(parts[1]) else { return nil }
        return XenRelease(major: major, minor: minor)
    }

    /// The newest release with known tables.
    public static var newest: XenRelease { all[all.count - 1] }

    public var description: String { name }

    /// Why a name is no release's, to who gave it.
    public static func whyUnknown(_ name: String) -> String { "`\(name)` is no known release of Xen: they are \(all[0]) to \(newest)" }

    /// The best policy version that the release's hypervisor loads: 30 since Xen 4.6, 24 before.
    public var policyVersion: UInt32 { self < Self.devicetree ? 24 : 30 }

    /// Whether the release's hypervisor takes images of a version (xen/xsm/flask/ss/policydb.c: `policydb_compat`): its own
    /// form in two versions, that of Linux in one. Of Linux's earlier versions it wants fewer tables than they have.
    public func loads(version: UInt32, target: Policy.Target) -> Bool {
        switch target {
        case .xen: version == 24 || version == policyVersion
        case .selinux: version == 24
        }
    }

    private static let devicetree = XenRelease(major: 4, minor: 6)

    /// Whether classes may share permissions (until 4.2).
    var takesCommons: Bool { self < XenRelease(major: 4, minor: 3) }

    /// Whether the policy's word about unknown operations is looked at (since 4.8; Xen, xen/xsm/flask/hooks.c: `avc_unknown_permission`).
    public var looksAtHandleUnknown: Bool { self >= XenRelease(major: 4, minor: 8) }

    /// Whether ranges of ports and page frames are put in order when a policy is loaded (since 4.12).
    public var sortsRanges: Bool { self >= XenRelease(major: 4, minor: 12) }

    public static func < (a: XenRelease, b: XenRelease) -> Bool {
        (a.major, a.minor) < (b.major, b.minor)
    }
}
