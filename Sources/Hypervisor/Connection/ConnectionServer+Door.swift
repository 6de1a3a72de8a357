import CLinux
import Flask

extension ConnectionServer {
    /// Asks the daemon behind dom0's socket for a door to a domain: what has it acts as that domain. With limits, even with none
    /// in particular, all that comes through it is one client with ioreq servers of its own, for good.
    ///
    /// Throws ``SystemError``: `ESRCH` when there is no such domain, `EPROTO` when the daemon speaks another protocol.
    public static func openDoor(
        at path: String, to domain: UInt16, limits: ClientLimits? = nil
    ) throws(SystemError) -> MessageSocket {
        let socket = try MessageSocket(connectingTo: path)
        _ = try exchange(socket, Request(.hello, [ClientConnection.magic, ClientConnection.protocolVersion, 6]))
        let descriptors = try exchange(socket, Request(.openDoor, [UInt64(domain)] + (limits?.words ?? [])))
        guard let door = descriptors.first else { throw SystemError(number: XenErrorNumber.protocolError.rawValue) }
        return MessageSocket(door)
    }

    /// Sends a request, and gives the descriptors that come with the answer.
    private static func exchange(_ socket: MessageSocket, _ request: Request) throws(SystemError) -> [Int32] {
        var buffer = [UInt8](repeating: 0, count: Request.headerSize + Request.maximumPayload)
        guard socket.send(request.bytes), let (bytes, descriptors) = socket.receive(into: &buffer),
            bytes.count >= Request.headerSize
        else { throw SystemError(number: XenErrorNumber.protocolError.rawValue) }
        let result = Int64(bitPattern: ABIStructure(bytes).word64(at: 0))
        guard result >= 0 else { throw SystemError(number: Int32(truncatingIfNeeded: -result)) }
        return descriptors
    }
}
