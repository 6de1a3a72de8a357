import JSON

extension MachineConnection {
    /// Connects to the monitor of a running device model, which has one conversation at a time, and exchanges the greeting.
    public static func opened(to sockets: DeviceModelSockets, within time: Duration) throws(MachineFailure) -> MachineConnection {
        var machine = MachineConnection(owning: try MachineChannel.connection(to: sockets.monitor))
        _ = try machine.greet(within: time)
        return machine
    }

    /// What the machine is doing (`query-status`).
    public mutating func status(within time: Duration) throws(MachineFailure) -> MachineStatus {
        let command = "query-status"
        let status = try perform(command, within: time)
        guard let isRunning = status["running"]?.boolean, let state = status["status"]?.string else {
            throw end(.senseless(to: command))
        }
        return MachineStatus(isRunning: isRunning, state: MachineStatus.State(rawValue: state))
    }

    /// Stops the machine's processors and devices (`stop`), and has them go on (`cont`).
    public mutating func stop(within time: Duration) throws(MachineFailure) {
        _ = try perform("stop", within: time)
    }

    public mutating func resume(within time: Duration) throws(MachineFailure) {
        _ = try perform("cont", within: time)
    }

    /// Presses the machine's power button (`system_powerdown`); what the guest does then is the guest's.
    public mutating func powerdown(within time: Duration) throws(MachineFailure) {
        _ = try perform("system_powerdown", within: time)
    }

    /// Ends the device model (`quit`). That it is gone before it has answered is an answer.
    public mutating func quit(within time: Duration) throws(MachineFailure) {
        do throws(MachineFailure) {
            _ = try perform("quit", within: time)
        } catch .closed {
            return
        }
    }
}
