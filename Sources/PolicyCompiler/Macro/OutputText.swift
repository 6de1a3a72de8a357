internal import Diagnostics

/// Produced text while it grows.
struct OutputText {
    /// The produced bytes, and behind them room for more: `count` says how many there are.
    private var storage: [UInt8] = []
    private(set) var count = 0
    private(set) var runs: [MappedText.Run] = []
    /// The distance of positions from offsets in the last run, and its frame; `noDistance` when nothing goes on.
    private var distance = Self.noDistance
    private var frame: UInt32 = 0

    private static let noDistance = UInt32.max
    /// Bytes of room that are made at once: few enough to stay in the processor's cache until they are filled.
    private static let step = 1 << 16

    init() {}

    /// Room for the output of about `inputBytes` of text is set aside, so that growing does not move it.
    init(inputBytes: Int) {
        storage.reserveCapacity(min(inputBytes * 8 + 2 * Self.step, 128 << 20))
        runs.reserveCapacity(min(inputBytes + 1024, 16 << 20))
    }

    /// Hands over the text and its runs, and is empty afterwards.
    mutating func finish() -> MappedText {
        storage.removeLast(storage.count - count)
        let result = MappedText(bytes: storage, runs: runs)
        self = OutputText()
        return result
    }

    /// A state to go back to.
    struct Mark {
        fileprivate let count: Int
        fileprivate let runs: Int
    }

    var mark: Mark { Mark(count: count, runs: runs.count) }

    /// Takes back what was appended since the mark.
    mutating func rewind(to mark: Mark) {
        count = mark.count
        runs.removeLast(runs.count - mark.runs)
        distance = Self.noDistance
    }

    @inline(__always)
    private mutating func makeRoom(_ more: Int) {
        if count + more > storage.count {
            storage.append(contentsOf: repeatElement(0, count: max(Self.step, more)))
        }
    }

    /// Appends the stretch of `text` from `start` to `end`.
    @inline(__always)
    private mutating func copy(_ text: Swift.Span<UInt8>, _ start: Int, _ end: Int) {
        let length = end - start
        makeRoom(length)
        let first = count
        count = first + length
        let source = text.extracting(start..<end)
        var target = storage.mutableSpan
        for index in 0..<length { target[first + index] = source[index] }
    }

    /// Appends a stretch of the arena.
    @inline(__always)
    mutating func append(_ text: borrowing Arena, _ start: Int, _ end: Int, origin: UInt32, frame: UInt32) {
        guard end > start else { return }
        let offset = UInt32(truncatingIfNeeded: count)
        if origin & TextPiece.fixed == 0 {
            if origin &- offset != distance || frame != self.frame {
                runs.append(MappedText.Run(
                    offset: offset, position: SourcePosition(rawValue: origin),
                    expansion: MacroExpansion.ID(rawValue: frame)))
                distance = origin &- offset
                self.frame = frame
            }
        } else {
            appendFixedRuns(text, start, end, origin: origin & ~TextPiece.fixed, frame: frame)
        }
        copy(text.bytes.span, start, end)
    }

    /// Text that the tool made: each of its words stands at the place of the call.
    private mutating func appendFixedRuns(
        _ text: borrowing Arena, _ start: Int, _ end: Int, origin: UInt32, frame: UInt32
    ) {
        var inWord = false
        for place in start..<end {
            let isWord = text[place] > 0x20
            if place == start || isWord && !inWord && origin != 0 {
                runs.append(MappedText.Run(
                    offset: UInt32(truncatingIfNeeded: count + place - start),
                    position: SourcePosition(rawValue: origin), expansion: MacroExpansion.ID(rawValue: frame)))
            }
            inWord = isWord
        }
        distance = Self.noDistance
    }

    /// Appends text without a position.
    @inline(__always)
    mutating func appendUnmapped(_ text: borrowing [UInt8]) {
        if distance != Self.noDistance || frame != 0 || runs.isEmpty || runs[runs.count - 1].position != .unknown {
            runs.append(MappedText.Run(
                offset: UInt32(truncatingIfNeeded: count), position: .unknown, expansion: .none))
            distance = Self.noDistance
            frame = 0
        }
        copy(text.span, 0, text.count)
    }

    /// Appends another text with its origins.
    mutating func append(_ other: OutputText) {
        let shift = UInt32(truncatingIfNeeded: count)
        for run in other.runs {
            runs.append(MappedText.Run(
                offset: run.offset &+ shift, position: run.position, expansion: run.expansion))
        }
        copy(other.storage.span, 0, other.count)
        distance = Self.noDistance
    }
}
