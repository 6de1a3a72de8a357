/// What can be seen of a process from outside, by whoever may look.
public struct ProcessFacts: Hashable, Sendable {
    public var tasks: [TaskFacts] = []
    /// By their names in `/proc/PID/ns`: what each links to, `net:[4026531840]`.
    public var namespaces: [String: String] = [:]
    /// The host's, to compare with.
    public var hostNamespaces: [String: String] = [:]
    /// By the kernel's names of resources: soft and hard limit, as it writes them.
    public var limits: [String: [String]] = [:]
    /// By number: what each links to.
    public var descriptors: [Int32: String] = [:]
    public var environment: [String: String] = [:]
    /// What is mounted in its tree: where, and with which options.
    public var mounts: [String: Set<String>] = [:]
    public var outOfMemoryScore: Int32?
    /// Whether it is the first of its session; and its terminal, 0 when it has none.
    public var leadsSession: Bool?
    public var terminal: Int32?
    /// The folders of its control groups, by controllers (`memory`; empty for the unified tree).
    public var controlGroups: [String: String] = [:]
    /// What files of its own control group say, by their paths; and which of them there are not.
    public var groupSettings: [String: String] = [:]
    public var groupSettingsThatAreNot: Set<String> = []
    /// By its group's folder: what the kernel calls the programs there that decide of devices, by what they do, and what it calls the one that
    /// was planned.
    public var devicePrograms: [String: [UInt64]] = [:]
    public var plannedDevicePrograms: [String: UInt64] = [:]
    public var label: String?
    /// By task: its filters, the newest first, where they could be read.
    public var filters: [Int32: [[FilterInstruction]]] = [:]
    /// Whether its memory is its own user's to look at, where that could be told.
    public var isDumpable: Bool?

    /// Its network's interfaces, where they could be told.
    public var interfaces: Set<String>?
    /// Processes of its user's that are not in its namespace of processes: it may signal them.
    public var othersOfUser: [Int32] = []

    public init() {}
}
