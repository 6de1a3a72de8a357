extension FilterInstruction {
    /// As the kernel has it on a little-endian machine.
    var bytes: [UInt8] { code.littleEndianBytes + [ifTrue, ifFalse] + operand.littleEndianBytes }

    /// Eight bytes.
    init(bytes: ArraySlice<UInt8>) {
        let word = bytes.reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        self.init(
            code: UInt16(truncatingIfNeeded: word), ifTrue: UInt8(truncatingIfNeeded: word >> 16),
            ifFalse: UInt8(truncatingIfNeeded: word >> 24), operand: UInt32(truncatingIfNeeded: word >> 32))
    }
}

extension FixedWidthInteger {
    /// Its bytes, the lowest first.
    var littleEndianBytes: [UInt8] { (0..<bitWidth / 8).map { UInt8(truncatingIfNeeded: self >> ($0 * 8)) } }
}
