/// Why there is no plan for a request.
public enum PlanMistake: Error, Hashable, Sendable {
    /// It would run as root.
    case isRoot
    /// A path is not absolute, or leads elsewhere by `.` or `..`.
    case badPath(String)
    /// It would see the host's processes.
    case processes(String)
    /// A descriptor is named twice, or is no number for one.
    case badDescriptor(Int32)
    /// There is no step of this name that could be waived.
    case unknownStep(String)
    /// The host cannot do a step, which is not waived.
    case cannot(step: String, reason: String)
    /// A control group's limit is out of the range of what the kernel counts.
    case badLimit(ControlGroupController)
    /// There is no filter for its system calls.
    case noFilter
}
