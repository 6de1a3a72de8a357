/// The files that a device model sees: an empty tree, and in it what is named.
public struct RootTree: Hashable, Sendable {
    /// A file or folder of the host's that is seen in the tree.
    public struct Binding: Hashable, Sendable {
        public let source: String
        public let target: String
        public var isWritable = false
        /// Whether programs in it may be run, and code in it mapped.
        public var isExecutable = false
        /// Whether a device file there is a device.
        public var isDevice = false

        public init(_ source: String, at target: String? = nil, isWritable: Bool = false, isExecutable: Bool = false, isDevice: Bool = false) {
            self.source = source
            self.target = target ?? source
            self.isWritable = isWritable
            self.isExecutable = isExecutable
            self.isDevice = isDevice
        }
    }

    public var bindings: [Binding]
    /// How many bytes and files the tree itself may hold; it is read only once it is built.
    public var size: UInt64 = 1 << 20

    public init(_ bindings: [Binding]) {
        self.bindings = bindings
    }
}
