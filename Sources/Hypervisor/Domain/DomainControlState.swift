/// What control software has set of a domain, and is told again: much of it would only mean something to hardware.
struct DomainControlState: Sendable {
    /// By number of the processor.
    var processors: [UInt32: ProcessorControlState] = [:]
    var schedule = Schedule()
    var pageTables = PageTables()
    /// Whether software has let the domain run already: what processors can do is fixed then.
    var hasRun = false
    /// Nodes of memory that the domain likes, when somebody has said so.
    var nodeAffinity: UInt64?
    var clock = Clock()
    /// Records of emulated hardware, `struct hvm_save_descriptor` and what it describes, in the order in which they came.
    var hardware: [HardwareRecord] = []
    /// Leaves and registers that differ from the machine's, as `xen_cpuid_leaf_t` and `xen_msr_entry_t`.
    var policy = CPUPolicy.machine
    var monitor = Monitor()

    /// Credit2: a domain's weight, and its limit in percent of a processor (Xen, xen/common/sched/credit2.c).
    struct Schedule: Hashable, Sendable {
        var weight: UInt16 = 256
        var cap: UInt16 = 0
    }

    struct PageTables: Hashable, Sendable {
        var isEnabled = false
        /// Memory for page tables, in pages.
        var pages: UInt64 = 256
    }

    /// The clock that the domain reads (Xen, xen/arch/x86/time.c: `tsc_set_info`).
    struct Clock: Hashable, Sendable {
        var mode: UInt32 = 0
        var kilohertz: UInt32 = 1_000_000
        var incarnation: UInt32 = 0
        var elapsed: UInt64 = 0
    }

    struct HardwareRecord: Hashable, Sendable {
        let type: UInt16
        let instance: UInt16
        let data: [UInt8]
    }

    struct Monitor: Sendable {
        /// Where somebody listens to the domain's events; nil while nobody does.
        var ring: MonitorRing?
        /// Events that are told of, by bit.
        var events: UInt32 = 0
        var controlRegisters: UInt32 = 0
        var registers: Set<UInt32> = []
    }
}

/// What control software has set of a domain's processor.
struct ProcessorControlState: Sendable {
    /// `struct xen_domctl_ext_vcpucontext` from its third word on.
    var extended: [UInt8] = [UInt8](repeating: 0, count: 56)
    /// The state of floating point and vectors: two masks, and the area that they describe.
    var vectorMask: UInt64 = 0
    var vectorMaskEver: UInt64 = 0
    var vectorArea: [UInt8] = []
    /// Model specific registers that are not zero.
    var registers: [UInt32: UInt64] = [:]
    /// How often a debugger has paused it.
    var pauseCount = 0
    var usesCounters = false
}
