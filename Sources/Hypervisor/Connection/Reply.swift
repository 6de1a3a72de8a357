import Flask

/// The answer to a ``Request``: what a call returned, seven words, and for some kinds an array and descriptors.
struct Reply: Sendable {
    var result: Int64
    private var words = [UInt64](repeating: 0, count: 7)
    var payload: [UInt8] = []
    var descriptors: [Int32] = []
    /// What keeps the descriptors open until they are sent.
    var held: [any Sendable] = []
    /// Whether the connection ends with this answer.
    var isLast = false

    init(_ result: Int64 = 0) {
        self.result = result
    }

    init(_ error: XenErrorNumber) {
        result = -Int64(error.rawValue)
    }

    /// One of the seven words.
    subscript(index: Int) -> UInt64 {
        get { words[index] }
        set { words[index] = newValue }
    }

    var bytes: [UInt8] {
        var header = ABIStructure(size: Request.headerSize)
        header.set(UInt64(bitPattern: result), at: 0)
        for (index, word) in words.enumerated() { header.set(word, at: 8 + 8 * index) }
        return header.bytes + payload
    }
}
