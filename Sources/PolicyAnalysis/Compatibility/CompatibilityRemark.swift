import Flask

/// Something that a release loads, and that does there less or something else than the policy says.
public enum CompatibilityRemark: Hashable, Sendable {
    /// `allow` is not looked at before 4.8, and since then for operations that the hypervisor does not know.
    case handleUnknownIgnored
    case handleUnknownIsAboutOperations
    case rejectUnknownIgnored
    case defaultsIgnored(count: Int)
    case capabilitiesIgnored(count: Int)
    /// Role transitions with another class than that of domains: Xen takes them for such.
    case roleTransitionClassIgnored(count: Int)
    /// A version before 30 has none, and they are left out of the image.
    case deviceTreeNodesLeftOut(count: Int, version: UInt32)
    /// A version before 30 keeps 32 bits of a page frame's number: no image can be written.
    case framesTooHigh(count: Int, version: UInt32)
    /// Of their numbers sixteen bits are kept.
    case interruptsCut(count: Int)
    /// Before 4.12 ranges are searched as they stand in the image.
    case rangesOutOfOrder(of: String)

    public var text: String {
        switch self {
        case .handleUnknownIgnored: "it does not look at `handle_unknown=allow`: unknown operations are denied"
        case .handleUnknownIsAboutOperations:
            "`handle_unknown=allow` allows operations that Xen itself does not know; a class or permission that is missing refuses the policy all the same"
        case .rejectUnknownIgnored: "it does not look at `handle_unknown=reject`"
        case .defaultsIgnored(let count): "it ignores \(Self.count(count, "default_… statement"))"
        case .capabilitiesIgnored(let count): "it has no policy capabilities and ignores \(Self.count(count, "of them", "of them"))"
        case .roleTransitionClassIgnored(let count):
            "it ignores the class of \(Self.count(count, "role transition")): they are about new domains there"
        case .deviceTreeNodesLeftOut(let count, let version):
            "version \(version) has no device tree nodes: \(Self.count(count, "devicetreecon statement")) left out"
        case .framesTooHigh(let count, let version):
            "version \(version) keeps 32 bits of a page frame's number: \(Self.count(count, "iomemcon statement")) above 16 TiB cannot be written"
        case .interruptsCut(let count): "it keeps 16 bits of an interrupt's number: \(Self.count(count, "pirqcon statement")) about another one"
        case .rangesOutOfOrder(let keyword):
            "it searches \(keyword) statements in the order of the image, which does not ascend: access to several at once may be decided by the initial SID"
        }
    }

    private static func count(_ count: Int, _ one: String, _ many: String? = nil) -> String {
        count == 1 ? "1 \(one)" : "\(count) \(many ?? one + "s")"
    }

    /// The word for programs.
    public var word: String {
        switch self {
        case .handleUnknownIgnored: "handle-unknown-ignored"
        case .handleUnknownIsAboutOperations: "handle-unknown-is-about-operations"
        case .rejectUnknownIgnored: "reject-unknown-ignored"
        case .defaultsIgnored: "defaults-ignored"
        case .capabilitiesIgnored: "capabilities-ignored"
        case .roleTransitionClassIgnored: "role-transition-class-ignored"
        case .deviceTreeNodesLeftOut: "device-tree-nodes-left-out"
        case .framesTooHigh: "frames-too-high"
        case .interruptsCut: "interrupts-cut"
        case .rangesOutOfOrder: "ranges-out-of-order"
        }
    }
}
