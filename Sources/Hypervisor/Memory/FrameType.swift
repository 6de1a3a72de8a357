/// What a guest's frame is for the guest (Xen, xen/arch/x86/include/asm/p2m.h: `p2m_type_t`, as far as it can be told apart).
enum FrameType: UInt8, Hashable, Sendable {
    /// There is nothing.
    case hole = 0
    case memory = 1
    /// Memory whose writes are dropped.
    case readOnlyMemory = 2
    /// Memory whose writes go to the one I/O request server that asked for them.
    case claimedByServer = 3
    /// Accesses go to the device model.
    case deviceModel = 4
    /// Becomes memory when it is touched, out of the pages kept for that.
    case populateOnDemand = 5
    /// Accesses go to the device model; the memory that was there is the domain's still, and nobody reaches it.
    case coveredMemory = 6

    /// Whether a page lies behind it that can be reached.
    var isMemory: Bool { self == .memory || self == .readOnlyMemory || self == .claimedByServer }

    /// Whether a page lies behind it.
    var hasPage: Bool { isMemory || self == .coveredMemory }

    /// Whether a device model may make one of the other (Xen, xen/arch/x86/hvm/dm.c: `allow_p2m_type_change`).
    func mayBecome(_ new: FrameType) -> Bool {
        if new == .claimedByServer { return self == .memory }
        if self == .claimedByServer { return new == .memory }
        return isMemory || new == .deviceModel
    }
}
