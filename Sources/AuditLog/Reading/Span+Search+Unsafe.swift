import CLinux
import Glibc

// SAFETY: the C library is given the start and the length of a span for the length of one call; what it gives back is within them, and is made a number at
// once.

extension Span<UInt8> {
    /// Where a byte first stands at or behind a place; nil when it does not.
    func firstIndex(of byte: UInt8, from start: Int) -> Int? {
        guard start >= 0, start < count else { return nil }
        return unsafe withUnsafeBufferPointer { buffer -> Int? in
            guard let base = buffer.baseAddress, let found = unsafe memchr(base + start, Int32(byte), buffer.count - start) else { return nil }
            return unsafe UnsafeRawPointer(found) - UnsafeRawPointer(base)
        }
    }

    /// Where a text first begins at or behind a place; nil when it does not.
    func firstIndex(of text: StaticString, from start: Int) -> Int? {
        guard start >= 0, start < count else { return nil }
        return unsafe withUnsafeBufferPointer { buffer -> Int? in
            guard let base = buffer.baseAddress,
                let found = unsafe linux_find(base + start, buffer.count - start, text.utf8Start, text.utf8CodeUnitCount)
            else { return nil }
            return unsafe UnsafeRawPointer(found) - UnsafeRawPointer(base)
        }
    }

    /// Whether a text stands at a place.
    @inline(__always)
    func has(_ text: StaticString, at start: Int) -> Bool {
        let length = text.utf8CodeUnitCount
        guard start >= 0, start <= count - length else { return false }
        return unsafe withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return length == 0 }
            return unsafe memcmp(base + start, text.utf8Start, length) == 0
        }
    }

    /// Whether there is a control character in it, other than a tabulator. Every byte is looked at, many at once.
    var hasControls: Bool {
        unsafe withUnsafeBytes { buffer in
            var found: UInt8 = 0
            for index in 0..<buffer.count {
                let byte = unsafe buffer[index]
                found |= (byte < 0x20 ? 1 : 0) & (byte != 9 ? 1 : 0)
            }
            return found != 0
        }
    }

    /// Adds a part to a hash, as many bytes as there are of it.
    func hash(_ range: Range<Int>, into hasher: inout Hasher) {
        let range = range.clamped(to: 0..<count)
        unsafe withUnsafeBytes { unsafe hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: $0[range])) }
        hasher.combine(range.count)
    }

    /// Whether a part is these bytes.
    func equals(_ range: Range<Int>, _ bytes: ArraySlice<UInt8>) -> Bool {
        guard range.lowerBound >= 0, range.upperBound <= count, range.count == bytes.count else { return false }
        return unsafe withUnsafeBytes { buffer in
            unsafe bytes.withUnsafeBytes { other in
                guard let base = buffer.baseAddress, let otherBase = other.baseAddress else { return range.isEmpty }
                return unsafe memcmp(base + range.lowerBound, otherBase, range.count) == 0
            }
        }
    }
}
