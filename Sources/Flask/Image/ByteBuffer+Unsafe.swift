// SAFETY: the span covers bytes that were appended for the rules just before, and every store checks that it lies
// within; bytes have no values that are not allowed.

extension ByteBuffer {
    /// Appends plain rules, twelve bytes each, in one piece.
    mutating func append(rules: [Rule]) {
        var offset = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: rules.count * 12))
        var span = bytes.mutableSpan
        var raw = unsafe span.mutableBytes
        for rule in rules {
            let key =
                UInt64(rule.source) | UInt64(rule.target) << 16 | UInt64(rule.objectClass) << 32
                | UInt64(rule.kind.rawValue) << 48
            raw.storeBytes(of: key.littleEndian, toByteOffset: offset, as: UInt64.self)
            raw.storeBytes(of: rule.data.littleEndian, toByteOffset: offset + 8, as: UInt32.self)
            offset += 12
        }
    }
}
