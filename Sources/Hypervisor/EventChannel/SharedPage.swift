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

/// Finds the memory behind the frames of a domain.
protocol GuestPages: Sendable {
    /// The page of a frame that the domain may write to; nil when there is none.
    func page(ofFrame frame: UInt64) -> SharedPage?
}

extension DomainState {
    /// The page of a frame that the domain may write to; nil when there is none, or when its memory cannot be reached.
    func page(ofFrame frame: UInt64) -> SharedPage? {
        if let pages = events.pages { return pages.page(ofFrame: frame) }
        guard let page = memory.lookUp(frame), page.isWritable else { return nil }
        return SharedPage(memory: page.memory, offset: page.offset)
    }
}
