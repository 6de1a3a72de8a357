/// What control groups can limit, each by a controller of the kernel's; devices in version 2 by a program.
public enum ControlGroupController: String, Hashable, Sendable, CaseIterable {
    case memory, cpu, pids, devices

    /// By what name a limit is told of in reports, and waived.
    public var stepName: String { "cgroup-" + rawValue }

    /// What its limit defends against.
    public var reason: String {
        switch self {
        case .memory: "it cannot take the host's memory from others"
        case .cpu: "it cannot take the host's processors from others"
        case .pids: "it cannot take the host's numbers of processes from others, whoever it becomes"
        case .devices: "a device file that it comes by is no way to the device"
        }
    }
}
