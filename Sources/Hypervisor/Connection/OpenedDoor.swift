import Flask

/// A door that the daemon has opened, for a program to act as a domain, and the means to narrow it later on.
public final class OpenedDoor: Sendable {
    /// What the program is to have.
    public let socket: MessageSocket
    private let connection: DaemonConnection

    init(_ socket: MessageSocket, by connection: DaemonConnection) {
        self.socket = socket
        self.connection = connection
    }

    /// Restricts to one domain, for good, everything that came through the door and will come. Throws ``SystemError``: `EINVAL` where
    /// the door has no limits, or is restricted to another domain.
    public func restrict(to domain: UInt16) throws(SystemError) {
        _ = try connection.ask(Request(.restrictDoor, [UInt64(domain)]))
    }
}
