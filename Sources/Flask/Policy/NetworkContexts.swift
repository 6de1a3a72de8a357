/// The object contexts of SELinux policies. Xen has none of them; they are here so that large real policies compile.
public struct NetworkContexts: Hashable, Sendable {
    public struct Named: Hashable, Sendable {
        public var name: Name
        public var first: SecurityContext
        public var second: SecurityContext

        public init(name: Name, first: SecurityContext, second: SecurityContext) {
            self.name = name
            self.first = first
            self.second = second
        }
    }

    public struct Port: Hashable, Sendable {
        /// The IP protocol's number.
        public var transport: UInt32
        public var low: UInt32
        public var high: UInt32
        public var context: SecurityContext

        public init(transport: UInt32, low: UInt32, high: UInt32, context: SecurityContext) {
            self.transport = transport
            self.low = low
            self.high = high
            self.context = context
        }
    }

    /// An address range; address and mask as they stand on the wire, 4 or 16 bytes.
    public struct Node: Hashable, Sendable {
        public var address: [UInt8]
        public var mask: [UInt8]
        public var context: SecurityContext

        public init(address: [UInt8], mask: [UInt8], context: SecurityContext) {
            self.address = address
            self.mask = mask
            self.context = context
        }
    }

    public struct FilesystemUse: Hashable, Sendable {
        public enum Behaviour: UInt32, Hashable, Sendable {
            case extendedAttributes = 1
            case transition = 2
            case task = 3
        }

        /// A ``Behaviour``'s number; images may hold others.
        public var behaviour: UInt32
        public var name: Name
        public var context: SecurityContext

        public init(behaviour: UInt32, name: Name, context: SecurityContext) {
            self.behaviour = behaviour
            self.name = name
            self.context = context
        }
    }

    public struct PartitionKey: Hashable, Sendable {
        /// The subnet prefix as it stands on the wire, 8 bytes.
        public var subnetPrefix: [UInt8]
        public var low: UInt32
        public var high: UInt32
        public var context: SecurityContext

        public init(subnetPrefix: [UInt8], low: UInt32, high: UInt32, context: SecurityContext) {
            self.subnetPrefix = subnetPrefix
            self.low = low
            self.high = high
            self.context = context
        }
    }

    public struct EndPort: Hashable, Sendable {
        public var device: Name
        public var port: UInt32
        public var context: SecurityContext

        public init(device: Name, port: UInt32, context: SecurityContext) {
            self.device = device
            self.port = port
            self.context = context
        }
    }

    public var filesystems: [Named] = []
    public var ports: [Port] = []
    public var interfaces: [Named] = []
    public var nodes: [Node] = []
    public var filesystemUses: [FilesystemUse] = []
    public var nodes6: [Node] = []
    public var partitionKeys: [PartitionKey] = []
    public var endPorts: [EndPort] = []

    public init() {}
}
