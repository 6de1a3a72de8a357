/// A device by which a program of dom0 reaches Xen: a file below `/dev/xen` (Linux, drivers/xen).
public enum XenDevice: String, Hashable, Sendable, CaseIterable {
    /// Hypercalls, the mapping of guests' memory, operations of device models.
    case commands = "privcmd"
    /// Memory for the arguments of hypercalls.
    case buffers = "hypercall"
    case events = "evtchn"
    case grants = "gntdev"

    public static let folder = "/dev/xen"

    /// Where programs look for it.
    public var path: String { Self.folder + "/" + rawValue }
}
