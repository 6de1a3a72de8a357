public import Flask

extension Hypervisor {
    /// What a hypervisor is started with: the machine that it shows, and how its security is set up.
    public struct Configuration: Sendable {
        public var module = SecurityModule.flask
        public var bootMode = BootMode.enforcing
        /// The release whose Flask tables are in force. The interface of hypercalls is that of 4.17 in any case.
        public var vocabulary: Vocabulary
        /// Whether what Xen does wrong is done right, and what it forgets to refuse is refused.
        public var isStrict = false
        /// The machine's memory, in pages of 4,096 bytes. It is a number only: nothing is taken until a domain uses it.
        public var memoryPages: UInt64 = 1 << 20
        /// How much of it dom0 has.
        public var dom0Pages: UInt64 = 1 << 18
        public var processorCount = 4
        /// Whether the machine has an IOMMU, and whether that remaps interrupts: which permission over a device is asked for
        /// depends on it.
        public var hasIOMMU = true
        public var remapsInterrupts = true
        /// The command line that `XENVER_commandline` tells.
        public var commandLine = ""
        /// Is handed what the console prints, as it is printed.
        public var console: @Sendable ([UInt8]) -> Void = { _ in }

        /// A machine under the tables of a release.
        public init(vocabulary: Vocabulary) {
            self.vocabulary = vocabulary
        }
    }
}
