/// What `sched_op` can be asked (Xen, xen/include/public/sched.h: `SCHEDOP_*`).
enum SchedulerCommand: UInt32, Hashable, Sendable, CaseIterable {
    case yield = 0
    case block = 1
    case shutdown = 2
    case poll = 3
    case remoteShutdown = 4
    case shutdownCode = 5
    case watchdog = 6
    case pinOverride = 7
}
