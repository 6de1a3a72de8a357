/// Text together with where each of its bytes was written: what the macro processor produces and the parser reads.
///
/// The map is a list of runs. Inside a run, consecutive bytes stand consecutively in one source file and come
/// from the same macro expansion; a run whose position is unknown was made by the tool (a sync line, a number
/// that `eval` computed).
public struct MappedText: Sendable {
    public struct Run: Hashable, Sendable {
        /// The offset in the text at which the run begins.
        public let offset: UInt32
        /// Where the run's first byte is written.
        public let position: SourcePosition
        public let expansion: MacroExpansion.ID

        public init(offset: UInt32, position: SourcePosition, expansion: MacroExpansion.ID) {
            self.offset = offset
            self.position = position
            self.expansion = expansion
        }
    }

    public internal(set) var bytes: [UInt8]
    /// Ordered by offset; the first begins at 0 unless the text is empty.
    public internal(set) var runs: [Run]

    public init() {
        bytes = []
        runs = []
    }

    /// The whole of a file, as it is written.
    public init(_ file: SourceFile) {
        bytes = file.bytes
        runs = [Run(offset: 0, position: file.start, expansion: .none)]
    }

    public init(bytes: [UInt8], runs: [Run]) {
        self.bytes = bytes
        self.runs = runs
    }

    /// Where the byte at `offset` comes from.
    public func origin(of offset: Int) -> (position: SourcePosition, expansion: MacroExpansion.ID) {
        guard let index = indexOfRun(at: offset) else { return (.unknown, .none) }
        let run = runs[index]
        return (run.position.advanced(by: offset - Int(run.offset)), run.expansion)
    }

    /// How many bytes from `offset` on, up to `length`, an author wrote in one piece: a name that a macro puts
    /// together has several pieces.
    public func lengthOfPiece(at offset: Int, upTo length: Int) -> Int {
        guard let index = indexOfRun(at: offset), index + 1 < runs.count else { return length }
        return min(length, Int(runs[index + 1].offset) - offset)
    }

    /// The run that holds the byte at `offset`; nil in an empty text.
    public func indexOfRun(at offset: Int) -> Int? {
        var low = 0
        var high = runs.count
        while low < high {
            let middle = (low + high) / 2
            if Int(runs[middle].offset) <= offset { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? low - 1 : nil
    }
}
