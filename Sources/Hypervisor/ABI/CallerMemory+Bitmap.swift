import Flask

extension CallerMemory {
    /// Reads a bitmap of up to 64 bits from where `struct xenctl_bitmap` at an offset says (Xen, xen/common/bitmap.c:
    /// `xenctl_bitmap_to_bitmap`). Throws `EFAULT`.
    func bitmap(_ call: ABIStructure, at offset: Int, width: Int) throws(XenErrorNumber) -> UInt64 {
        let bits = call.word32(at: offset + 8)
        let given = Int((bits &+ 7) / 8)
        let count = min(given, (width + 7) / 8)
        guard count > 0 else { return 0 }
        guard let bytes = read(count, at: call.word64(at: offset)) else { throw .badAddress }
        var result: UInt64 = 0
        for byte in bytes.reversed() { result = result << 8 | UInt64(byte) }
        if given == count, bits & 7 != 0 { result &= UInt64.max >> UInt64(64 - (8 * count - 8 + Int(bits & 7))) }
        return width >= 64 ? result : result & (1 << UInt64(width) - 1)
    }

    /// Writes a bitmap to where `struct xenctl_bitmap` at an offset says; the caller's bits behind it become zero. Throws
    /// `EFAULT`.
    func put(bitmap: UInt64, _ call: ABIStructure, at offset: Int, width: Int) throws(XenErrorNumber) {
        let given = Int((call.word32(at: offset + 8) &+ 7) / 8)
        let own = (width + 7) / 8
        let address = call.word64(at: offset)
        let bytes = (0..<min(given, own)).map { UInt8(truncatingIfNeeded: bitmap >> UInt64(8 * $0)) }
        guard bytes.isEmpty || write(bytes, at: address) else { throw .badAddress }
        var done = bytes.count
        while done < given {
            let part = min(given - done, 4_096)
            guard write([UInt8](repeating: 0, count: part), at: address &+ UInt64(done)) else { throw .badAddress }
            done += part
        }
    }
}
