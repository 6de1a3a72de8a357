/// What `sysctl` can be asked for (Xen, xen/include/public/sysctl.h: `XEN_SYSCTL_*`).
enum SystemControlCommand: UInt32, Hashable, Sendable, CaseIterable {
    case readConsole = 1
    case traceBuffers = 2
    case physicalInfo = 3
    case schedulerID = 4
    case performanceCounters = 5
    case domainInfoList = 6
    case debugKeys = 7
    case cpuInfo = 8
    case availableHeap = 9
    case powerStatistics = 10
    case cpuHotplug = 11
    case powerOperation = 12
    case pageOffline = 14
    case lockProfile = 15
    case cpuTopology = 16
    case numaInfo = 17
    case cpuPoolOperation = 18
    case schedulerOperation = 19
    case coverage = 20
    case cacheMonitoring = 21
    case pciTopology = 22
    case cacheAllocation = 23
    case cpuLevelling = 25
    case cpuFeatures = 26
    case livePatch = 27
    case cpuPolicy = 29
}
