/// What `platform_op` can be asked for (Xen, xen/include/public/platform.h: `XENPF_*`).
enum PlatformCommand: UInt32, Hashable, Sendable, CaseIterable {
    case setTime32 = 17
    case addMemoryType = 31
    case removeMemoryType = 32
    case readMemoryType = 33
    case updateMicrocode = 35
    case quirk = 39
    case processorVersion = 48
    case firmwareCall = 49
    case firmwareInfo = 50
    case enterSleep = 51
    case changeFrequency = 52
    case getIdleTime = 53
    case setPowerInfo = 54
    case processorInfo = 55
    case processorOnline = 56
    case processorOffline = 57
    case addProcessor = 58
    case addMemory = 59
    case coreParking = 60
    case resourceAccess = 61
    case setTime64 = 62
    case getSymbol = 63
}
