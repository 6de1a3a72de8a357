/// How much a device model may say.
public struct MachineProtocolLimits: Hashable, Sendable {
    /// Of one message.
    public var messageBytes: Int
    /// Arrays and objects within each other.
    public var depth: Int
    /// Values of one message.
    public var values: Int
    /// Commands that have no answer yet.
    public var outstanding: Int
    /// Events that are kept until somebody asks for them; of more the oldest are forgotten.
    public var events: Int

    public init(messageBytes: Int = 4 << 20, depth: Int = 32, values: Int = 1 << 18, outstanding: Int = 16, events: Int = 64) {
        self.messageBytes = messageBytes
        self.depth = depth
        self.values = values
        self.outstanding = outstanding
        self.events = events
    }
}
