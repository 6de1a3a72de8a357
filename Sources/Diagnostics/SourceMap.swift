/// All files of one run and the macro calls made in them: what turns a position into something to show.
public struct SourceMap: Sendable {
    public private(set) var files: [SourceFile] = []
    /// Indexed by ``MacroExpansion/ID``; the first entry stands for `none`.
    public private(set) var expansions: [MacroExpansion] = [MacroExpansion(macro: 0, call: .unknown, parent: .none)]
    public private(set) var macroNames: [String] = [""]
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
