/// What `xenpmu_op` can be asked for (Xen, xen/include/public/pmu.h: `XENPMU_*`).
enum PerformanceMonitoringCommand: UInt32, Hashable, Sendable, CaseIterable {
    case getMode = 0
    case setMode = 1
    case getFeatures = 2
    case setFeatures = 3
    case initialize = 4
    case finish = 5
    case setInterrupt = 6
    case flush = 7
}
