/// Where the launcher's other commands speak to a running device model: sockets that are root's, in the register's folder.
public struct DeviceModelSockets: Hashable, Sendable {
    private let prefix: String

    /// Of the device model that runs as a user: no two of a host run as one.
    public init(of user: UInt32, in register: LaunchRegister = .ofThisHost) {
        prefix = register.folder + "/\(user)."
    }

    /// QEMU's machine protocol.
    public var monitor: String { prefix + "monitor" }

    /// A serial port that is nobody's file, counted from 1.
    public func console(_ number: Int = 1) -> String { prefix + "console" + (number == 1 ? "" : "-\(number)") }

    /// Whoever has it locked runs as the user.
    public var lock: String { prefix + "lock" }
}
