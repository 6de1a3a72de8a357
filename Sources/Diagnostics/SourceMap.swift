/// All files of one run and the macro calls made in them: what turns a position into something to show.
public struct SourceMap: Sendable {
    public private(set) var files: [SourceFile] = []
    /// Indexed by ``MacroExpansion/ID``; the first entry stands for `none`.
    public private(set) var expansions: [MacroExpansion] = [MacroExpansion(macro: 0, call: .unknown, parent: .none)]
    public private(set) var macroNames: [String] = [""]
    /// Texts that the tool made of others and reads as files: where they begin, and where their bytes were written.
    private var madeFiles: [(start: SourcePosition, text: MappedText)] = []
    /// See ``addLineMarker(at:file:line:)``.
    var lineMarkers = LineMarkers()

    /// The files together passed what positions can address.
    public struct TooLarge: Error, Hashable, Sendable {
        public let limit: Int
    }

    /// The bytes that all files of a run may have together: 1 GiB.
    public static let capacity = 1 << 30

    public init() {}

    /// Adds a file and gives it its place in the position space.
    public mutating func add(name: String, bytes: [UInt8]) throws(TooLarge) -> SourceFile {
        let start = files.last.map { Int($0.start.rawValue) + $0.bytes.count + 1 } ?? 1
        guard start + bytes.count <= Self.capacity else { throw TooLarge(limit: Self.capacity) }
        let file = SourceFile(name: name, bytes: bytes, start: SourcePosition(rawValue: UInt32(start)))
        files.append(file)
        return file
    }

    /// Adds a text that the tool made of other files, to be read like a file. Whoever asks where something in it stands
    /// hears where an author wrote it.
    public mutating func add(name: String, made text: MappedText) throws(TooLarge) -> SourceFile {
        let file = try add(name: name, bytes: text.bytes)
        madeFiles.append((file.start, text))
        return file
    }

    /// The span in the author's file: the same one, unless it lies in a text that the tool made.
    public func written(_ span: Span) -> Span {
        var span = span
        // Later texts are made of earlier ones.
        for (start, text) in madeFiles.reversed() where span.start >= start {
            let offset = Int(span.start.rawValue - start.rawValue)
            guard offset < text.bytes.count else { continue }
            let position = text.origin(of: offset).position
            guard position != .unknown else { return span }
            span = Span(
                start: position, length: text.lengthOfPiece(at: offset, upTo: span.length), expansion: span.expansion)
        }
        return span
    }

    /// Registers a macro's name and returns the index under which expansions mention it.
    public mutating func addMacro(named name: String) -> UInt32 {
        macroNames.append(name)
        return UInt32(macroNames.count - 1)
    }

    /// Registers a macro call.
    public mutating func add(_ expansion: MacroExpansion) -> MacroExpansion.ID {
        expansions.append(expansion)
        return MacroExpansion.ID(rawValue: UInt32(expansions.count - 1))
    }

    /// The file that holds a position; nil for the unknown one.
    public func file(at position: SourcePosition) -> SourceFile? {
        var low = 0
        var high = files.count
        while low < high {
            let middle = (low + high) / 2
            if files[middle].start <= position { low = middle + 1 } else { high = middle }
        }
        guard position != .unknown, low > 0 else { return nil }
        let file = files[low - 1]
        return Int(position.rawValue) <= Int(file.start.rawValue) + file.bytes.count ? file : nil
    }

    /// The calls through which a text was produced, innermost first.
    public func stack(of expansion: MacroExpansion.ID) -> [MacroExpansion] {
        var stack: [MacroExpansion] = []
        var current = expansion
        while current != .none {
            let frame = expansions[Int(current.rawValue)]
            stack.append(frame)
            current = frame.parent
        }
        return stack
    }
}
