/// A port at which the hypervisor tells that some domain has shut down or was destroyed.
public final class DomainNotices: Sendable {
    /// There is something to read, eight bytes for each notice, once there was one.
    public let socket: MessageSocket
    private let connection: DaemonConnection

    init(_ socket: MessageSocket, by connection: DaemonConnection) {
        self.socket = socket
        self.connection = connection
    }

    /// Takes all notices that there are, without waiting; false when there will be no more.
    public func take() -> Bool {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        return socket.takeBytes(&bytes)
    }
}
