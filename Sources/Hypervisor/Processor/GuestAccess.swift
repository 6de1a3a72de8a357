/// What a guest's processor asks of the world around it: a read or a write of a port or of memory.
public struct GuestAccess: Hashable, Sendable {
    public enum Space: UInt8, Hashable, Sendable {
        case port = 0
        case memory = 1
    }

    public let space: Space
    /// A port's number, or an address of the guest's memory.
    public let address: UInt64
    /// Bytes: 1, 2 or 4, and 8 for memory.
    public let size: UInt32
    /// What is written; nil where the access reads.
    public let written: UInt64?

    /// An access; nil where no processor makes such a one.
    public init?(_ space: Space, at address: UInt64, size: UInt32, write written: UInt64? = nil) {
        guard [1, 2, 4].contains(size) || size == 8 && space == .memory else { return nil }
        let (last, overflow) = address.addingReportingOverflow(UInt64(size) - 1)
        guard !overflow, space == .memory || last <= 0xffff else { return nil }
        self.space = space
        self.address = address
        self.size = size
        self.written = written.map { $0 & Self.ones(size) }
    }

    /// The greatest number of so many bytes: what is read where nobody answers.
    static func ones(_ size: UInt32) -> UInt64 { size >= 8 ? .max : (1 << (UInt64(size) * 8)) - 1 }

    /// Whether it chooses whose configuration the ports behind 0xcfc reach (Xen, xen/arch/x86/hvm/io.c: `hvm_access_cf8`).
    var setsConfigurationAddress: Bool { space == .port && address == 0xcf8 && size == 4 && written != nil }

    var request: IORequest {
        IORequest(
            kind: space == .port ? .port : .memory, address: address, data: written ?? 0, size: size, isRead: written == nil)
    }
}
