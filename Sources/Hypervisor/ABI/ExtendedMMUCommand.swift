/// What `mmuext_op` can be asked for (Xen, xen/include/public/xen.h: `MMUEXT_*`).
enum ExtendedMMUCommand: UInt32, Hashable, Sendable, CaseIterable {
    case pinLevel1 = 0
    case pinLevel2 = 1
    case pinLevel3 = 2
    case pinLevel4 = 3
    case unpin = 4
    case newBase = 5
    case flushTLBHere = 6
    case invalidateHere = 7
    case flushTLBSome = 8
    case invalidateSome = 9
    case flushTLBAll = 10
    case invalidateAll = 11
    case flushCache = 12
    case setLDT = 13
    case newUserBase = 15
    case clearPage = 16
    case copyPage = 17
    case flushCacheEverywhere = 18
    case markSuper = 19
    case unmarkSuper = 20
}
