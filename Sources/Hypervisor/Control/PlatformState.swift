/// What of the whole machine is set and told again by hypercalls: it would mean something to hardware.
struct PlatformState: Sendable {
    // MARK: Traces and power (`sysctl`)

    var traceProcessors = UInt64.max
    var traceEvents: UInt32 = 0
    /// Pages of each processor's buffer; it is set once.
    var tracePages: UInt32 = 0
    var isTracing = false
    var maximumPowerState = UInt32.max
    var maximumPowerSubstate = UInt32.max
    var savesPowerOfThreads: UInt32 = 0
    /// Page frames that are used no more.
    var offlinePages: Set<UInt32> = []
    var livePatches: [LivePatch] = []

    // MARK: `platform_op` and `physdev_op`

    /// Seconds since 1970, nanoseconds, and when that was.
    var time: (seconds: UInt64, nanoseconds: UInt32, systemTime: UInt64) = (0, 0, 0)
    /// Ranges of memory that are cached in another way, by register.
    var memoryTypes: [MemoryType?] = .init(repeating: nil, count: 8)
    var disablesInterruptBalancing = false
    var idleProcessors: UInt32 = 0
    var powerInfo: [UInt32: [UInt8]] = [:]
    /// Whether firmware was asked to put the machine to sleep, into which state.
    var sleepState: UInt32?
    /// Registers of interrupt controllers, by address and number.
    var controllerRegisters: [UInt64: UInt32] = [:]
    /// Trigger and polarity of interrupt lines that were set up.
    var lines: [Int32: UInt16] = [:]
    /// Where devices' configuration lies in memory, `struct physdev_pci_mmcfg_reserved`.
    var configurationSpaces: [UInt16: [UInt8]] = [:]
    var counterMode: UInt64 = 0
    var counterFeatures: UInt64 = 0
    /// Who profiles all domains: the first domain, once it has asked.
    var hasProfiler = false
    /// Images that are loaded to be started, by type.
    var images: [UInt8: KexecImage] = [:]

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

    struct KexecImage: Hashable, Sendable {
        let architecture: UInt16
        let entry: UInt64
        let segments: [Segment]

        struct Segment: Hashable, Sendable {
            let size: UInt64
            let target: UInt64
            let targetSize: UInt64
        }
    }
}
