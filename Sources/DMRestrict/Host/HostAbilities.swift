/// What the kernel and the system of a host can do, as far as plans depend on it.
public struct HostAbilities: Hashable, Sendable {
    /// The version of Landlock's interface; nil where there is none.
    public var landlockVersion: Int32?
    public var hasSELinux = false
    /// Whether a namespace of processes can be kept from running files that exist in memory only (Linux 6.3).
    public var canForbidProgramsInMemory = false
    /// Where groups can be made by which things are limited, as far as that was asked.
    public var controlGroups: [ControlGroupController: ControlGroupPlace] = [:]
    /// Why they cannot, where there is something to say.
    public var controlGroupObstacles: [ControlGroupController: String] = [:]

    public init() {}
}
