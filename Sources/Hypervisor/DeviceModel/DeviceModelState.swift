import Flask

/// What a domain's device models have set up, and told it.
struct DeviceModelState: Sendable {
    /// An event that a device model injected and the guest has not taken yet.
    struct InjectedEvent: Hashable, Sendable {
        let vector: UInt8
        let type: UInt8
        let instructionLength: UInt8
        let errorCode: UInt32
        let address: UInt64
    }

    /// An interrupt that came as a message.
    struct MessageInterrupt: Hashable, Sendable {
        let address: UInt64
        let data: UInt32
    }

    /// How many messages are remembered.
    static let messageLimit = 256

    /// By number.
    var servers = [IORequestServer?](repeating: nil, count: IORequestServer.limit)
    var lines = InterruptLines()
    var cacheAttributes = PinnedCacheAttributes()
    /// By processor.
    var injected: [UInt32: InjectedEvent] = [:]
    /// The last messages, the newest at the end.
    var messages: [MessageInterrupt] = []
    /// What the guest's interrupts are that may be event channels', by its own number (Xen: `emuirq`).
    var emulatedInterrupts: [UInt32: EmulatedInterrupt] = [:]
    /// Frames for ioreq servers that ask for frames.
    var frames = IORequestFrames()
    /// Which ioreq server is asked about writes to served memory.
    var memoryServer: Int?
    /// What the guest wrote to port 0xcf8 last.
    var configurationAddress: UInt32 = 0
    /// Who is told that an emulator has answered, by processor.
    var waiters: [UInt32: any PortListener] = [:]
}
