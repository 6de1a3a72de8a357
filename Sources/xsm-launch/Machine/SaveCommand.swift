import Commands
import DMRestrict
import Files
import Glibc

/// `xsm-launch save`: a guest's devices are stopped, and their state is written to a new file; `resume` lets them go on.
struct SaveCommand: MachineCommand {
    static let questions = ["whose state, by a guest's name", "the file that it is written to"]

    static let manual = Manual(
        "NAME FILE",
        about: """
            Stops a guest's devices and writes their state to a new file. They go on by `resume`.
            """,
        examples: [
            "the state of all devices":
                "xsm-launch save web web.state",
        ],
        statuses: ["0": "it is written", "1": "it is not", "2": "the command line is wrong"])

    let operands: [String]

    func act(on machine: inout MachineConnection, of record: LaunchRecord, within time: Duration) throws(CommandFailure) {
        let file = try NewFile.open(operands[1])
        defer { close(file) }
        try LaunchRegister.ofThisHost.note(file, handedTo: record)
        do throws(CommandFailure) {
            try machine.telling { (machine) throws(MachineFailure) in try machine.saveState(to: file, within: time) }
        } catch {
            Files.remove(operands[1])
            throw error
        }
    }
}
