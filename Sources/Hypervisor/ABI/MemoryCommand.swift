/// What `memory_op` can be asked for (Xen, xen/include/public/memory.h: `XENMEM_*`).
enum MemoryCommand: UInt64, Hashable, Sendable, CaseIterable {
    case increaseReservation = 0
    case decreaseReservation = 1
    case maximumRAMPage = 2
    case currentReservation = 3
    case maximumReservation = 4
    case machineToPhysicalFrames = 5
    case populatePhysmap = 6
    case addToPhysmap = 7
    case memoryMap = 9
    case machineMemoryMap = 10
    case exchange = 11
    case machineToPhysicalMapping = 12
    case setMemoryMap = 13
    case maximumFrame = 14
    case removeFromPhysmap = 15
    case setOnDemandTarget = 16
    case getOnDemandTarget = 17
    case sharingFreedPages = 18
    case sharingSharedPages = 19
    case paging = 20
    case access = 21
    case sharing = 22
    case addToPhysmapBatch = 23
    case claimPages = 24
    case compatibleMachineToPhysicalFrames = 25
    case getVirtualNUMA = 26
    case reservedDeviceMemoryMap = 27
    case acquireResource = 28
}
