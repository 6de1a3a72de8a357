/// What `vcpu_op` can be asked for (Xen, xen/include/public/vcpu.h: `VCPUOP_*`).
enum VirtualProcessorCommand: UInt32, Hashable, Sendable, CaseIterable {
    case initialize = 0
    case bringUp = 1
    case bringDown = 2
    case isUp = 3
    case getRunState = 4
    case registerRunState = 5
    case setPeriodicTimer = 6
    case stopPeriodicTimer = 7
    case setSingleShotTimer = 8
    case stopSingleShotTimer = 9
    case registerInfo = 10
    case sendNMI = 11
    case getPhysicalID = 12
    case registerTime = 13
}
