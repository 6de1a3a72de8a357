import Flask

extension ConnectionServer {
    /// Asks the daemon behind dom0's socket for a door to a domain: what has it acts as that domain. With limits, even with none
    /// in particular, all that comes through it is one client with ioreq servers of its own, for good.
    ///
    /// Throws ``SystemError``: `ESRCH` when there is no such domain, `EPROTO` when the daemon speaks another protocol.
    public static func openDoor(
        at path: String, to domain: UInt16, limits: ClientLimits? = nil
    ) throws(SystemError) -> OpenedDoor {
        let connection = try DaemonConnection(to: path, kind: 6)
        let request = Request(.openDoor, [UInt64(domain)] + (limits?.words ?? []))
        guard let door = try connection.ask(request).descriptors.first else {
            throw SystemError(number: XenErrorNumber.protocolError.rawValue)
        }
        return OpenedDoor(MessageSocket(door), by: connection)
    }
}
