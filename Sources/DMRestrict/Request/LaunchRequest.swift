/// What is to be launched, and for which domain.
public struct LaunchRequest: Hashable, Sendable {
    /// What the device model is called among those of this host: `qemu-DOMAIN` where nobody says.
    public var name: String
    public var program: String
    public var arguments: [String] = []
    public var environment: [String: String] = [:]
    /// Whom it becomes; of a range that is kept for this, one for each domain.
    public var uid: UInt32
    public var gid: UInt32
    /// What it needs of the host's files.
    public var bindings: [RootTree.Binding] = []
    public var descriptors: [KeptDescriptor] = []
    public var limits: [ResourceLimit] = LaunchRequest.usualLimits
    public var controlGroups: [String] = []
    /// What a group of its own limits.
    public var groupLimits = ControlGroupLimits()
    public var filter: SystemCallFilter?
    /// Whether the filter only tells which calls it would refuse (``SystemCallTrace``): that is a waiver, and stands in every report.
    public var isTraced = false
    /// Whether the filter lets all calls be done and has those logged that it would refuse: that is a waiver too.
    public var isLogged = false
    /// Where it waits to be let go on, when it is a device model that can.
    public var gate: Gate?
    public var executionLabel: String?
    public var usesUserNamespace = false
    /// Steps that are not wanted, each with a reason.
    public var waivers: [RestrictionPlan.Waiver] = []

    public init(name: String, program: String, uid: UInt32, gid: UInt32) {
        self.name = name
        self.program = program
        self.uid = uid
        self.gid = gid
    }

    /// Nothing is dumped or locked, no queues and file locks, no priority over others; the size of files leaves room for a guest's memory, which is one.
    public static let usualLimits: [ResourceLimit] = [
        ResourceLimit(.core, 0), ResourceLimit(.fileSize, 64 << 30), ResourceLimit(.openFiles, 1_024),
        ResourceLimit(.processes, 256), ResourceLimit(.lockedMemory, 0), ResourceLimit(.messageQueues, 0),
        ResourceLimit(.fileLocks, 0), ResourceLimit(.pendingSignals, 1_024), ResourceLimit(.niceness, 0),
        ResourceLimit(.realtimePriority, 0),
    ]
}
