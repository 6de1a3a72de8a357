/// A network interface of a domain's (Xen, docs/man/xl-network-configuration.5.pod.in).
public struct NetworkInterfaceConfiguration: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case paravirtual = "vif"
        /// Emulated by the device model, and paravirtual besides.
        case emulated = "ioemu"
    }

    /// Nil where the tool stack chooses.
    public internal(set) var kind: Kind?
    /// Six bytes; nil where the tool stack makes one.
    public internal(set) var address: [UInt8]?
    public internal(set) var bridge: String?
    public internal(set) var gatewayDevice: String?
    public internal(set) var internetAddress: String?
    public internal(set) var script: String?
    /// The domain that serves it; nil for the tool stack's own.
    public internal(set) var backendDomain: String?
    /// What it is called in the domain that serves it.
    public internal(set) var hostName: String?
    /// Of what is emulated: `rtl8139`, `e1000`…
    public internal(set) var model: String?
    /// Bytes or bits in a second, as xl has them.
    public internal(set) var rate: String?
    public internal(set) var deviceNumber: Int?
    /// Bytes of one packet.
    public internal(set) var maximumTransferUnit: Int?
    /// Whether the guest trusts who serves it.
    public internal(set) var isTrusted: Bool?
}
