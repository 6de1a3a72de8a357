/// The contexts of physical resources, in the order of the image, which compilers write last to first: ``loaded(by:)`` is the order in
/// which Xen searches them.
public struct DeviceContexts: Hashable, Sendable {
    public struct Interrupt: Hashable, Sendable {
        public var number: UInt32
        public var context: SecurityContext

        public init(number: UInt32, context: SecurityContext) {
            self.number = number
            self.context = context
        }
    }

    /// Ports, both ends included.
    public struct IOPorts: Hashable, Sendable {
        public var low: UInt32
        public var high: UInt32
        public var context: SecurityContext

        public init(low: UInt32, high: UInt32, context: SecurityContext) {
            self.low = low
            self.high = high
            self.context = context
        }
    }

    /// Page frames, both ends included. Before version 30 an image holds only their low 32 bits.
    public struct IOMemory: Hashable, Sendable {
        public var low: UInt64
        public var high: UInt64
        public var context: SecurityContext

        public init(low: UInt64, high: UInt64, context: SecurityContext) {
            self.low = low
            self.high = high
            self.context = context
        }
    }

    /// A PCI device: segment << 16 | bus << 8 | device << 3 | function.
    public struct PCIDevice: Hashable, Sendable {
        public var address: UInt32
        public var context: SecurityContext

        public init(address: UInt32, context: SecurityContext) {
            self.address = address
            self.context = context
        }
    }

    /// A device tree node by its full path; version 30.
    public struct DeviceTreeNode: Hashable, Sendable {
        public var path: Name
        public var context: SecurityContext

        public init(path: Name, context: SecurityContext) {
            self.path = path
            self.context = context
        }
    }

    public var interrupts: [Interrupt] = []
    public var ioPorts: [IOPorts] = []
    public var ioMemory: [IOMemory] = []
    public var pciDevices: [PCIDevice] = []
    public var deviceTreeNodes: [DeviceTreeNode] = []

    public init() {}
}
