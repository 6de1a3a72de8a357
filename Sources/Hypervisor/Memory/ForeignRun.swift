public import Flask

/// Frames of a domain that were asked for together, and where they lie: as many as lie one behind the other.
public struct ForeignRun: Sendable {
    /// The first one's place in what was asked for, and how many there are.
    public let start: Int
    public internal(set) var count: Int
    /// Why they cannot be mapped; nil when they can.
    public let error: XenErrorNumber?
    /// Where they lie, if they can be mapped.
    public let memory: SharedMemory?
    /// Where in the memory, in bytes.
    public let offset: Int
    /// The number of the first one's page, those of the others follow; nil where pages have memories of their own.
    let page: UInt32?

    /// Calls a function with the number of each page that does not have a memory of its own.
    func forEachPage(_ body: (UInt32) -> Void) {
        guard let page else { return }
        for index in 0..<UInt32(count) { body(page + index) }
    }

    /// Whether a frame at an offset of a memory, or with an error, is the next of this run.
    func isContinued(by error: XenErrorNumber?, _ memory: SharedMemory?, _ offset: Int) -> Bool {
        self.error == error && self.memory === memory && (error != nil || self.offset + count * 4_096 == offset)
    }
}

extension [ForeignRun] {
    /// Adds a frame behind the last.
    mutating func append(_ index: Int, _ error: XenErrorNumber?, _ memory: SharedMemory?, _ offset: Int, page: UInt32? = nil) {
        if let last = self.last, last.isContinued(by: error, memory, offset) {
            self[count - 1].count += 1
        } else {
            append(ForeignRun(start: index, count: 1, error: error, memory: memory, offset: offset, page: page))
        }
    }
}
