/// A disk of a domain's (Xen, docs/man/xl-disk-configuration.5.pod.in).
public struct DiskConfiguration: Hashable, Sendable {
    public enum Format: String, Hashable, Sendable, CaseIterable {
        case raw, qcow, qcow2, vhd, qed
        /// No medium is in the drive.
        case empty
    }

    /// Who serves it.
    public enum Backend: String, Hashable, Sendable, CaseIterable {
        case blockDevice = "phy"
        case tap
        case deviceModel = "qdisk"
        case standalone
    }

    public enum Specification: String, Hashable, Sendable, CaseIterable {
        case xen, virtio
    }

    /// The image, or what a script makes one of; nil or empty for a drive without a medium.
    public internal(set) var target: String?
    public internal(set) var format = Format.raw
    /// What the guest sees it as: `hda`, `xvdb`…
    public internal(set) var virtualDevice = ""
    public internal(set) var isWritable = true
    public internal(set) var isCDROM = false
    /// Nil where the tool stack is to find out.
    public internal(set) var backend: Backend?
    /// The domain that serves it; nil for the tool stack's own.
    public internal(set) var backendDomain: String?
    public internal(set) var specification: Specification?
    public internal(set) var script: String?
    public internal(set) var isDirectIOSafe = false
    public internal(set) var discards: Bool?
}
