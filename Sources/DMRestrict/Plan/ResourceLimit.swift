/// A limit of what a process may use, soft and hard.
public struct ResourceLimit: Hashable, Sendable {
    public enum Resource: Int32, Hashable, Sendable, CaseIterable {
        case fileSize = 1
        case core = 4
        case processes = 6
        case openFiles = 7
        case lockedMemory = 8
        case addressSpace = 9
        case fileLocks = 10
        case pendingSignals = 11
        case messageQueues = 12
        case niceness = 13
        case realtimePriority = 14

        /// As `/proc/PID/limits` calls it.
        public var kernelName: String {
            switch self {
            case .fileSize: "Max file size"
            case .core: "Max core file size"
            case .processes: "Max processes"
            case .openFiles: "Max open files"
            case .lockedMemory: "Max locked memory"
            case .addressSpace: "Max address space"
            case .fileLocks: "Max file locks"
            case .messageQueues: "Max msgqueue size"
            case .pendingSignals: "Max pending signals"
            case .niceness: "Max nice priority"
            case .realtimePriority: "Max realtime priority"
            }
        }

        public var name: String {
            switch self {
            case .fileSize: "file-size"
            case .core: "core"
            case .processes: "processes"
            case .openFiles: "open-files"
            case .lockedMemory: "locked-memory"
            case .addressSpace: "address-space"
            case .fileLocks: "file-locks"
            case .messageQueues: "message-queues"
            case .pendingSignals: "pending-signals"
            case .niceness: "niceness"
            case .realtimePriority: "realtime-priority"
            }
        }
    }

    public let resource: Resource
    /// In the resource's own unit: bytes, or how many.
    public let value: UInt64

    public init(_ resource: Resource, _ value: UInt64) {
        self.resource = resource
        self.value = value
    }
}
