/// What can be put at a frame of a guest (Xen, xen/include/public/memory.h: `XENMAPSPACE_*`).
enum MapSpace: UInt32, Hashable, Sendable, CaseIterable {
    case sharedInfo = 0
    case grantTable = 1
    case frame = 2
    case frameRange = 3
    case foreignFrame = 4
    case deviceMemory = 5
}
