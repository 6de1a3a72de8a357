import Ccompression

// SAFETY: the door's object is made and freed by its only owner; arrays are handed over with their counts for the length of a call, and what it says it took and
// made is compared with them.

/// Makes plain bytes of compressed ones, a piece at a time.
@safe struct Decompressor: ~Copyable {
    enum Kind {
        case gzip, zstandard

        /// What a file begins with says how it is compressed (RFC 1952; RFC 8878).
        init?(_ bytes: ArraySlice<UInt8>) {
            if bytes.starts(with: [0x1f, 0x8b]) {
                self = .gzip
            } else if bytes.starts(with: [0x28, 0xb5, 0x2f, 0xfd]) {
                self = .zstandard
            } else {
                return nil
            }
        }
    }

    enum Outcome { case more, end, corrupt }

    private let state: OpaquePointer

    /// Nil when there is no memory for it.
    init?(_ kind: Kind) {
        guard let state = unsafe decompressor_make(kind == .gzip ? COMPRESSION_GZIP : COMPRESSION_ZSTD) else { return nil }
        unsafe self.state = state
    }

    deinit { unsafe decompressor_free(state) }

    /// Takes from the bytes, and appends what it makes of them, in small pieces.
    /// - Returns: how many bytes it took, and whether a compressed piece ended there.
    mutating func run(_ input: ArraySlice<UInt8>, into output: inout [UInt8]) -> (taken: Int, outcome: Outcome) {
        var (taken, made) = (0, 0)
        var result: Int32 = -1
        let room = 1 << 17
        let piece = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            unsafe input.withUnsafeBufferPointer { bytes in
                unsafe result = decompressor_run(state, bytes.baseAddress, bytes.count, &taken, buffer.baseAddress, room, &made)
            }
            count = min(made, room)
        }
        output += piece
        return (min(taken, input.count), result < 0 ? .corrupt : result > 0 ? .end : .more)
    }
}
