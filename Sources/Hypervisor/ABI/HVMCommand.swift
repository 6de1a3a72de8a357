/// What `hvm_op` can be asked for (Xen, xen/include/public/hvm/hvm_op.h: `HVMOP_*`). What device models ask for has long been
/// `dm_op`'s.
enum HVMCommand: UInt64, Hashable, Sendable, CaseIterable {
    case setParameter = 0
    case getParameter = 1
    case flushTLBs = 5
    case pageTableDying = 9
    case getTime = 10
    case trace = 11
    case getMemoryType = 15
    case setUpcallVector = 23
    case guestRequest = 24
    case alternateViews = 25
}
