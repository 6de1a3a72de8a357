/// What `physdev_op` can be asked for (Xen, xen/include/public/physdev.h: `PHYSDEVOP_*`).
enum PhysicalDeviceCommand: UInt32, Hashable, Sendable, CaseIterable {
    case unmaskNotify = 4
    case interruptStatus = 5
    case setIOPrivilege = 6
    case setIOBitmap = 7
    case readController = 8
    case writeController = 9
    case allocateVector = 10
    case freeVector = 11
    case endOfInterrupt = 12
    case mapInterrupt = 13
    case unmapInterrupt = 14
    case addDevice = 15
    case removeDevice = 16
    case endOfInterruptFrame1 = 17
    case restoreMessages = 19
    case addExtendedDevice = 20
    case setUpInterrupt = 21
    case getFreeInterrupt = 23
    case reserveConfigurationSpace = 24
    case addSegmentDevice = 25
    case removeSegmentDevice = 26
    case restoreSegmentMessages = 27
    case endOfInterruptFrame2 = 28
    case debugPort = 29
    case prepareMessages = 30
    case releaseMessages = 31
}
