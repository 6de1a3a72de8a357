import Commands
import DMRestrict

/// `xsm-launch resume`: a guest's devices go on that were stopped to be saved.
struct ResumeCommand: MachineCommand {
    static let questions = ["what to let go on, by a guest's name"]

    static let manual = Manual(
        "NAME",
        about: """
            Lets a guest's devices go on that `save` has stopped.
            """,
        examples: [
            "after it was saved":
                "xsm-launch resume web",
        ],
        statuses: ["0": "they go on", "1": "they do not", "2": "the command line is wrong"])

    let operands: [String]

    func act(on machine: inout MachineConnection, of record: LaunchRecord, within time: Duration) throws(CommandFailure) {
        try machine.telling { (machine) throws(MachineFailure) in try machine.resume(within: time) }
    }
}
