import Glibc

// SAFETY: words are loaded where a whole word of the span is left; the C library is given ranges that were checked to be within both.

extension Span<UInt8> {
    /// A hash of a part, as far as there is one; for tables in memory only.
    @inline(__always)
    func hash(_ range: Range<Int>, from seed: UInt64) -> UInt64 {
        let range = range.clamped(to: 0..<count)
        var value = seed ^ UInt64(truncatingIfNeeded: range.count)
        unsafe withUnsafeBytes { buffer in
            var place = range.lowerBound
            while place + 8 <= range.upperBound {
                value = Self.mixed(value, unsafe buffer.loadUnaligned(fromByteOffset: place, as: UInt64.self))
                place += 8
            }
            var rest: UInt64 = 0
            while place < range.upperBound {
                rest = unsafe rest << 8 | UInt64(buffer[place])
                place += 1
            }
            value = Self.mixed(value, rest)
        }
        return value
    }

    @inline(__always)
    private static func mixed(_ value: UInt64, _ word: UInt64) -> UInt64 {
        let product = (value ^ word).multipliedFullWidth(by: 0xd6e8_feb8_6659_fd93)
        return product.low ^ product.high
    }

    /// Whether a part of it is a part of other bytes.
    @inline(__always)
    func equals(_ range: Range<Int>, _ bytes: [UInt8], at start: Int) -> Bool {
        guard range.lowerBound >= 0, range.upperBound <= count, start >= 0, start <= bytes.count - range.count else { return false }
        return unsafe withUnsafeBytes { buffer in
            unsafe bytes.withUnsafeBytes { other in
                guard let base = buffer.baseAddress, let otherBase = other.baseAddress else { return range.isEmpty }
                return unsafe memcmp(base + range.lowerBound, otherBase + start, range.count) == 0
            }
        }
    }
}
