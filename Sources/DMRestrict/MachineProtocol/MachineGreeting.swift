/// What a device model says first.
public struct MachineGreeting: Hashable, Sendable {
    /// QEMU's version.
    public let major: Int
    public let minor: Int
    public let micro: Int
    /// What it could do besides, if it were asked to: `oob`.
    public let capabilities: [String]
}
