import Commands
import DMRestrict

/// `xsm-launch eject`: what lies in a guest's drive is taken out.
struct EjectCommand: MachineCommand {
    static let questions = ["whose drive, by a guest's name", "which drive, as `hdc`"]

    static let manual = Manual(
        "NAME DRIVE",
        about: """
            Takes out what lies in a guest's drive.
            """,
        examples: [
            "the CD":
                "xsm-launch eject web hdc",
        ],
        statuses: ["0": "the drive is empty", "1": "it is not", "2": "the command line is wrong"])

    let operands: [String]

    func act(on machine: inout MachineConnection, of record: LaunchRecord, within time: Duration) throws(CommandFailure) {
        try machine.telling { (machine) throws(MachineFailure) in try machine.ejectMedium(of: operands[1], within: time) }
    }
}
