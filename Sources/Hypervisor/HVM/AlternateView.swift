/// Another view of a guest's memory, in which frames may be restricted, and stand for others (Xen, xen/arch/x86/mm/p2m.c:
/// `altp2m`).
struct AlternateView: Hashable, Sendable {
    var defaultAccess: UInt16
    /// What may be done with frames (`XENMEM_access_*`).
    var accesses: [UInt64: UInt16] = [:]
    /// Frames at which something else lies than in the first view.
    var frames: [UInt64: UInt64] = [:]
    /// Frames whose violations are not told to the guest itself; of others it is told.
    var told: Set<UInt64> = []
    /// Whether guests may choose it.
    var isVisible = true
}
