/// A PCI device as lspci shows it.
public struct ListedDevice: Sendable {
    /// A range of its registers, or its ROM.
    public struct Region: Hashable, Sendable {
        public enum Space: Hashable, Sendable { case memory, ports }

        public let space: Space
        /// Nil where lspci knows none, or 0: the range is not assigned.
        public let address: UInt64?
        /// In bytes; nil where lspci does not say.
        public let size: UInt64?
        public let isROM: Bool
        /// What lspci knows from the system and not from the device: of virtual functions all.
        public let isVirtual: Bool

        /// Both ends included; nil where address or size are not known, or where the range would not end.
        public var bytes: ClosedRange<UInt64>? {
            guard let address, let size, size > 0 else { return nil }
            let (end, isTooHigh) = address.addingReportingOverflow(size - 1)
            return isTooHigh ? nil : address...end
        }
    }

    public let address: PCIAddress
    /// What else is in its first line: what it is.
    public let title: [UInt8]
    public internal(set) var regions: [Region] = []
    /// The line of its pin; nil where it has none.
    public internal(set) var interrupt: UInt32?
    /// Whether it uses messages in the place of its line (MSI): the number is then that of a message in Linux. Devices with MSI-X keep that
    /// of their line (Linux, drivers/pci/pci-sysfs.c: `irq_show`).
    public internal(set) var interruptIsMessage = false
    /// Whether other devices lie behind it.
    public internal(set) var isBridge = false
    /// Whether there are registers of virtual functions, which are devices of their own.
    public internal(set) var hasVirtualFunctions = false
    /// Whether the listing shows its registers: a short one has addresses and names only.
    public internal(set) var hasDetails = false
    /// Regions beyond all that a device can have.
    public internal(set) var hasTooManyRegions = false

    /// Whether the listing has it again, which is not looked at.
    public internal(set) var standsTwice = false

    init(address: PCIAddress, title: [UInt8]) {
        self.address = address
        self.title = title
    }
}
