/// Interrupts that the hypervisor itself raises (Xen, xen/include/public/xen.h: `VIRQ_*`).
enum VirtualInterrupt: UInt32, Hashable, Sendable, CaseIterable {
    case timer = 0
    case debug = 1
    case console = 2
    case domainException = 3
    case traceBuffer = 4
    case debugger = 6
    case profiling = 7
    case consoleRing = 8
    case physicalProcessorState = 9
    case memoryEvent = 10
    case argo = 11
    case outOfMemory = 12
    case performanceMonitoring = 13

    /// How many numbers there are; some stand for nothing yet.
    static let count: UInt32 = 24

    /// Whether it is raised once for the machine or a domain, and not for a processor (Xen, xen/common/event_channel.c:
    /// `virq_is_global`).
    static func isGlobal(_ number: UInt32) -> Bool {
        switch VirtualInterrupt(rawValue: number) {
        case .timer, .debug, .profiling, .performanceMonitoring: false
        default: true
        }
    }
}
