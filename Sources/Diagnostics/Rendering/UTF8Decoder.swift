/// Decodes bytes that ought to be UTF-8, one scalar at a time, and never fails.
enum UTF8Decoder {
    /// What stands at an offset: a scalar, or an ill-formed stretch for which `scalar` is nil.
    struct Step {
        let scalar: Unicode.Scalar?
        /// In bytes, at least 1.
        let length: Int
    }

    /// The scalar at `offset`, which is below `end`; `end` is at most the count of bytes.
    ///
    /// Ill-formed stretches are cut as the Unicode standard recommends (a maximal subpart is one stretch), so
    /// that counting steps agrees with what `String(decoding:as:)` makes of the same bytes.
    static func step(_ bytes: [UInt8], at offset: Int, end: Int) -> Step {
        let first = bytes[offset]
        if first < 0x80 { return Step(scalar: Unicode.Scalar(first), length: 1) }

        // The second byte's range excludes overlong forms, surrogates and what lies past U+10FFFF.
        let count: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch first {
        case 0xC2...0xDF: count = 2
        case 0xE0: (count, second) = (3, 0xA0...0xBF)
        case 0xED: (count, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: count = 3
        case 0xF0: (count, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: count = 4
        case 0xF4: (count, second) = (4, 0x80...0x8F)
        default: return Step(scalar: nil, length: 1)
        }

        var value = UInt32(first) & (0x7F >> UInt32(count))
        for index in 1..<count {
            let allowed = index == 1 ? second : 0x80...0xBF
            guard offset + index < end, allowed.contains(bytes[offset + index]) else {
                return Step(scalar: nil, length: index)
            }
            value = value << 6 | UInt32(bytes[offset + index] & 0x3F)
        }
        return Step(scalar: Unicode.Scalar(value), length: count)
    }
}
