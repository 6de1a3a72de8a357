import CSandbox

// SAFETY: a path is passed to a call that copies it before it returns.

extension DeviceRule {
    /// The device that a file is; nil where it is none.
    public init?(at path: String, isWritable: Bool) {
        let device = unsafe sandbox_device_kind(path)
        guard device != 0 else { return nil }
        let number = device & ~Self.blockBit
        // As the C library has them in a number (sys/sysmacros.h: `gnu_dev_major`).
        let major = UInt32(truncatingIfNeeded: number >> 8 & 0xfff | number >> 32 & 0xffff_f000)
        let minor = UInt32(truncatingIfNeeded: number & 0xff | number >> 12 & 0xffff_ff00)
        self.init(device & Self.blockBit != 0 ? .block : .character, major, minor, isWritable: isWritable)
    }

    /// `SANDBOX_BLOCK_DEVICE`.
    private static let blockBit: UInt64 = 1 << 63
}
