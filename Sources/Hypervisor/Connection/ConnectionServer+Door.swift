import Flask

extension ConnectionServer {
    /// Asks the daemon behind dom0's socket for a door to a domain: what has it acts as that domain.
    ///
    /// Throws ``SystemError``: `ESRCH` when there is no such domain, `EPROTO` when the daemon speaks another protocol.
    public static func openDoor(at path: String, to domain: UInt16) throws(SystemError) -> MessageSocket {
        let connection = try DaemonConnection(to: path, kind: 6)
        guard let door = try connection.ask(Request(.openDoor, [UInt64(domain)])).descriptors.first else {
            throw SystemError(number: XenErrorNumber.protocolError.rawValue)
        }
        return MessageSocket(door)
    }
}
