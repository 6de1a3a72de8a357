internal import Glibc

// SAFETY: the C library reads the bytes of a stretch that is checked to lie within the span, which outlives the call; the
// address that it gives back lies in that stretch, and only its distance from the beginning is used.

extension Swift.Span<UInt8> {
    /// Where the next such byte is, from one place up to another; nil when there is none.
    func firstIndex(of byte: UInt8, from start: Int, to end: Int) -> Int? {
        guard start < end, start >= 0, end <= count else { return nil }
        return unsafe withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress, let found = unsafe memchr(base + start, Int32(byte), end - start) else {
                return nil
            }
            return unsafe UnsafeRawPointer(found) - UnsafeRawPointer(base)
        }
    }
}
