internal import Diagnostics

/// A stretch of the engine's arena, where its first byte was written, and through which call it came.
///
/// Text moves through the processor as pieces: a macro's body, an argument and an expansion are lists of them, and
/// bytes are copied only when they reach the output.
struct TextPiece {
    var offset: UInt32
    var length: UInt32
    /// The position of the first byte; with ``fixed`` set, the position of all of them.
    var origin: UInt32
    /// The raw value of a ``MacroExpansion/ID``, or ``builtinMark``.
    var frame: UInt32

    /// Set in `origin` for text that the tool made: it has one place, that of the call. Positions stay below it.
    static let fixed: UInt32 = 1 << 31
    /// In place of a frame: the piece is no text but the built-in macro whose number is the offset, as `defn` names it.
    static let builtinMark = UInt32.max

    var isBuiltin: Bool { frame == Self.builtinMark }

    /// The origin of the byte `count` bytes after one whose origin is `origin`.
    @inline(__always)
    static func advance(_ origin: UInt32, by count: Int) -> UInt32 {
        origin & fixed != 0 ? origin : origin &+ UInt32(truncatingIfNeeded: count)
    }
}

/// A piece that waits to be read.
struct InputPiece {
    var piece: TextPiece
    /// The arena offset of the byte in a file whose line m4 takes for that of this text: where the outermost call
    /// that produced it is written. ``fileRoot`` in a file's own text.
    var root: UInt32

    static let fileRoot: UInt32 = 0
}

/// Where a macro call is written.
struct CallSite {
    /// As in ``TextPiece/origin``.
    var origin: UInt32
    var frame: UInt32
    /// As in ``InputPiece/root``, and never ``InputPiece/fileRoot``.
    var root: UInt32
    /// Bytes of the name.
    var length: UInt32
}

/// A file's place in the arena.
struct FileSegment {
    let start: Int
    let end: Int
    let name: [UInt8]
    let position: UInt32
}
