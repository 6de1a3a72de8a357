/// A page where it lies: others may be handed the memory, so it is one that holds nothing which they may not see.
public struct GuestPage: Sendable {
    public let memory: SharedMemory
    /// In bytes, a multiple of 4,096.
    public let offset: Int
    /// Whether its frame may be written to.
    public let isWritable: Bool
}
