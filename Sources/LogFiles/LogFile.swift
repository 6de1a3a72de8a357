public import Files

/// A log that is read from its beginning: a file, plain or compressed by gzip or Zstandard, or the standard input.
///
/// It is read in pieces, in memory that does not grow with it.
public struct LogFile: ~Copyable {
    private static let pieceSize = 1 << 18

    public let path: String
    private var source: OpenFile
    private var decompressor: Decompressor?
    /// What was read and not yet decompressed.
    private var compressed: ArraySlice<UInt8> = []
    private var hasBegun = false
    private var isInPiece = false
    /// What was read to find out what it is.
    private var head: [UInt8] = []

    /// Opens a file, or the standard input for `-`.
    public init(_ path: String) throws(LogFileFailure) {
        self.path = path
        do throws(FileError) {
            source = try OpenFile(path)
        } catch {
            throw error.isMissing ? .missing(path: path) : .unreadable(path: path, reason: error.reason)
        }
    }

    /// The next bytes of the log; none at its end. A file that grows has more later.
    public mutating func next() throws(LogFileFailure) -> [UInt8] {
        if !hasBegun {
            hasBegun = true
            while head.count < 4 {
                let more = try read()
                if more.isEmpty { break }
                head += more
            }
            if let kind = Decompressor.Kind(head[...]) {
                decompressor = Decompressor(kind)
                guard decompressor != nil else { throw .unreadable(path: path, reason: "there is no memory to decompress it") }
                compressed = head[...]
                head = []
            } else if !head.isEmpty {
                let first = head
                head = []
                return first
            }
        }
        return decompressor == nil ? try read() : try decompressed()
    }

    private mutating func decompressed() throws(LogFileFailure) -> [UInt8] {
        var output: [UInt8] = []
        while output.isEmpty {
            if compressed.isEmpty {
                compressed = try read()[...]
                if compressed.isEmpty {
                    guard isInPiece else { return [] }
                    isInPiece = false
                    throw .truncated(path: path)
                }
            }
            isInPiece = true
            guard let (taken, outcome) = decompressor?.run(compressed, into: &output) else { return [] }
            compressed = compressed.dropFirst(taken)
            switch outcome {
            case .more:
                // Neither bytes taken nor made: it waits for more of them.
                if taken == 0, output.isEmpty {
                    let more = try read()
                    if more.isEmpty {
                        compressed = []
                        isInPiece = false
                        throw .truncated(path: path)
                    }
                    compressed = (Array(compressed) + more)[...]
                }
            case .end: isInPiece = false
            case .corrupt:
                compressed = []
                isInPiece = false
                throw .corrupt(path: path)
            }
        }
        return output
    }

    private mutating func read() throws(LogFileFailure) -> [UInt8] {
        do throws(FileError) {
            return try source.read(Self.pieceSize)
        } catch {
            throw .unreadable(path: path, reason: error.reason)
        }
    }

    /// What became of the file behind its name: one that is compressed is never written to again.
    public func change() -> OpenFile.Change { decompressor == nil ? source.change() : .none }
}
