/// A domain as its configuration describes it to xl 4.17 (Xen, docs/man/xl.cfg.5.pod.in), as far as it concerns its device model.
public struct DomainConfiguration: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case hvm, pv, pvh
    }

    /// A key of xl's that has no part in this value.
    public struct IgnoredKey: Hashable, Sendable {
        public let name: String
        public let position: ConfigurationPosition
        /// Whether xl would tell a device model of it, or have it do something.
        public let concernsDeviceModel: Bool
    }

    public internal(set) var name: String
    /// In five groups of digits, as it is written; nil where the tool stack makes one.
    public internal(set) var uuid: String?
    public internal(set) var kind: Kind
    /// MiB that it begins with, and may have.
    public internal(set) var memory: Int?
    public internal(set) var maximumMemory: Int?
    /// Processors that it begins with, and may have.
    public internal(set) var processors: Int?
    public internal(set) var maximumProcessors: Int?
    /// Its label; the one that it is built under, where that is another.
    public internal(set) var label: String?
    public internal(set) var buildLabel: String?
    /// What it boots without its firmware: a kernel, its first file system, its command line.
    public internal(set) var kernel: String?
    public internal(set) var ramdisk: String?
    public internal(set) var commandLine: String?
    public internal(set) var disks: [DiskConfiguration] = []
    public internal(set) var interfaces: [NetworkInterfaceConfiguration] = []
    public internal(set) var display = DisplayConfiguration()
    /// What serial ports are connected to, as QEMU has it: `pty`, `file:…`
    public internal(set) var serialPorts: [String] = []
    /// Letters of drives, in their order.
    public internal(set) var bootOrder: String?
    public internal(set) var isUSB: Bool?
    public internal(set) var usbVersion: Int?
    public internal(set) var usbDevices: [String] = []
    public internal(set) var soundCard: String?
    public internal(set) var deviceModel = DeviceModelConfiguration()
    /// In their order.
    public internal(set) var ignored: [IgnoredKey] = []

    init(name: String, kind: Kind) {
        self.name = name
        self.kind = kind
    }
}
