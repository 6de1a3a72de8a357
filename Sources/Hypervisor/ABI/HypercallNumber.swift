/// The hypercalls that are answered, by their numbers (Xen, xen/include/public/xen.h: `__HYPERVISOR_*`).
public enum HypercallNumber: UInt64, Hashable, Sendable, CaseIterable {
    case mmuUpdate = 1
    case platformOperation = 7
    case memoryOperation = 12
    case multicall = 13
    case updateVirtualAddressMapping = 14
    case version = 17
    case console = 18
    case grantTable = 20
    case updateVirtualAddressMappingOfOther = 22
    case virtualProcessor = 24
    case extendedMMU = 26
    case security = 27
    case scheduler = 29
    case profiling = 31
    case eventChannel = 32
    case physicalDevice = 33
    case hvm = 34
    case systemControl = 35
    case domainControl = 36
    case kexec = 37
    case argo = 39
    case performanceMonitoring = 40
    case deviceModel = 41
    case hypervisorFilesystem = 42
    case machineCheck = 48
}
