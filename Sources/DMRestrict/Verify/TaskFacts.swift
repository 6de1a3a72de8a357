/// What the kernel says of a thread, in `/proc/PID/task/TID/status`.
public struct TaskFacts: Hashable, Sendable {
    public let number: Int32
    /// Real, effective, saved and of the file system.
    public var users: [UInt32] = []
    public var groups: [UInt32] = []
    public var supplementaryGroups: [UInt32] = []
    /// By their names there: `CapInh`, `CapPrm`, `CapEff`, `CapBnd`, `CapAmb`.
    public var capabilities: [String: UInt64] = [:]
    public var hasNoNewPrivileges = false
    /// 2 is a filter.
    public var seccompMode = 0
    /// How many filters it is under; nil where the kernel does not count them (before 5.9).
    public var filterCount: Int?
    public var fileModeMask: UInt32?

    /// The five sets.
    public static let capabilitySets = ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]

    /// From the text of the file; nil when a line that is needed is missing or is no such line.
    public init?(number: Int32, status text: String) {
        self.number = number
        var hasPrivilegeLine = false
        var hasSeccompLine = false
        for line in text.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let words = line[line.index(after: colon)...].split { $0 == " " || $0 == "\t" }
            let key = String(line[..<colon])
            switch key {
            case "Uid": users = words.compactMap { UInt32($0) }
            case "Gid": groups = words.compactMap { UInt32($0) }
            case "Groups": supplementaryGroups = words.compactMap { UInt32($0) }
            case "Umask": fileModeMask = words.first.flatMap { UInt32($0, radix: 8) }
            case "NoNewPrivs":
                hasNoNewPrivileges = words == ["1"]
                hasPrivilegeLine = true
            case "Seccomp":
                guard let mode = words.first.flatMap({ Int($0) }) else { return nil }
                seccompMode = mode
                hasSeccompLine = true
            case "Seccomp_filters": filterCount = words.first.flatMap { Int($0) }
            case _ where Self.capabilitySets.contains(key):
                guard let set = words.first.flatMap({ UInt64($0, radix: 16) }) else { return nil }
                capabilities[key] = set
            default: break
            }
        }
        guard users.count == 4, groups.count == 4, capabilities.count == 5, hasPrivilegeLine, hasSeccompLine else { return nil }
    }
}
