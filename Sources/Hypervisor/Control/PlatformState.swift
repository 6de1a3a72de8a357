/// What of the whole machine is set and told again by hypercalls: it would mean something to hardware.
struct PlatformState: Sendable {
    // MARK: Traces and power (`sysctl`)

    var traceEvents: UInt32 = 0
    /// Pages of each processor's buffer; it is set once.
    var tracePages: UInt32 = 0
    var maximumPowerState = UInt32.max
    var maximumPowerSubstate = UInt32.max
    var savesPowerOfThreads: UInt32 = 0
    /// Page frames that are used no more.
    var offlinePages: Set<UInt32> = []
    var livePatches: [LivePatch] = []

    // MARK: `platform_op` and `physdev_op`

    /// Ranges of memory that are cached in another way, by register.
    var memoryTypes: [MemoryType?] = .init(repeating: nil, count: 8)
    var idleProcessors: UInt32 = 0
    /// Registers of interrupt controllers, by address and number.
    var controllerRegisters: [UInt64: UInt32] = [:]
    var counterMode: UInt64 = 0
    var counterFeatures: UInt64 = 0
    /// Who profiles all domains: the first domain, once it has asked.
    var hasProfiler = false
    /// Types of images that are loaded to be started.
    var images: Set<UInt8> = []

    struct MemoryType: Hashable, Sendable {
        var frame: UInt64
        var count: UInt64
        var type: UInt32
        var uses: UInt32 = 1
    }

    struct LivePatch: Hashable, Sendable {
        let name: [UInt8]
        var isApplied = false
    }
}
