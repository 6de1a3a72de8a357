// SAFETY: the bytes that are loaded are checked to be there, integers have no values that are not allowed, and the load takes
// any alignment.

extension Span<UInt8> {
    /// The integer whose bytes begin at a place, the lowest first.
    @inline(__always)
    func word<Word: FixedWidthInteger & BitwiseCopyable>(at offset: Int) -> Word {
        precondition(offset >= 0 && offset <= count - MemoryLayout<Word>.size)
        return unsafe Word(littleEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: Word.self))
    }
}

extension [UInt8] {
    /// The integer whose bytes begin at a place, the lowest first.
    @inline(__always)
    func word<Word: FixedWidthInteger & BitwiseCopyable>(at offset: Int) -> Word { span.word(at: offset) }
}
