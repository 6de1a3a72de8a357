/// Why a domain shuts down (Xen, xen/include/public/sched.h: `SHUTDOWN_*`). Other numbers are taken too.
enum ShutdownReason {
    static let crash: UInt8 = 3
    static let watchdog: UInt8 = 4
}
