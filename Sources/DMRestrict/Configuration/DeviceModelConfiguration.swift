/// Which device model serves a domain, and how.
public struct DeviceModelConfiguration: Hashable, Sendable {
    public enum Version: String, Hashable, Sendable, CaseIterable {
        case qemu = "qemu-xen"
        case traditional = "qemu-xen-traditional"
    }

    /// Nil where the tool stack chooses.
    public internal(set) var version: Version?
    /// The program; nil for the tool stack's own.
    public internal(set) var program: String?
    public internal(set) var user: String?
    /// Whether it is to give up what is not its domain's; nil where it is not said.
    public internal(set) var isRestricted: Bool?
    public internal(set) var isInStubDomain: Bool?
    public internal(set) var stubDomainLabel: String?
    /// Arguments besides, for any guest, and for one of the kind that the domain is.
    public internal(set) var arguments: [String] = []
    public internal(set) var hvmArguments: [String] = []
    public internal(set) var pvArguments: [String] = []
}
