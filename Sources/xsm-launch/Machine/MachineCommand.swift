import Commands
import DMRestrict
import Files
import Glibc

/// A command that has a running device model do something: its first operand is the guest's name.
protocol MachineCommand: OperandCommand {
    var operands: [String] { get }

    /// Does it, to the device model that is recorded as this.
    func act(on machine: inout MachineConnection, of record: LaunchRecord, within time: Duration) throws(CommandFailure)
}

extension MachineCommand {
    /// The exit status: 0 when it was done, 1 when it was not.
    func run() throws(CommandFailure) -> Int32 {
        let time = Duration.seconds(30)
        let record = try LaunchRegister.ofThisHost.record(of: operands[0])
        let sockets = try record.sockets()
        var machine: MachineConnection
        do throws(MachineFailure) {
            machine = try MachineConnection.opened(to: sockets, within: time)
        } catch {
            throw CommandFailure("`\(operands[0])` is not spoken to: \(error.text)")
        }
        try act(on: &machine, of: record, within: time)
        return 0
    }
}

extension MachineConnection {
    /// The same, with what was not done in words.
    mutating func telling(_ body: (inout MachineConnection) throws(MachineFailure) -> Void) throws(CommandFailure) {
        do throws(MachineFailure) {
            try body(&self)
        } catch {
            throw CommandFailure(error.text)
        }
    }
}
