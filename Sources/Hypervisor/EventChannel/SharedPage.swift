/// A page of memory that is shared: which memory, and where in it.
public struct SharedPage: Sendable {
    public let memory: SharedMemory
    /// Where the page begins, in bytes: a multiple of 4,096.
    public let offset: Int

    public init(memory: SharedMemory, offset: Int) {
        self.memory = memory
        self.offset = offset
    }
}
