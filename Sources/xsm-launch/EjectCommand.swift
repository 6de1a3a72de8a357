import DMRestrict

/// `xsm-launch eject`: what lies in a guest's drive is taken out.
struct EjectCommand: MachineCommand {
    static let questions = ["whose drive, by a guest's name", "which drive, as `hdc`"]

    let operands: [String]

    func act(on machine: inout MachineConnection, of record: LaunchRecord, within time: Duration) throws(CommandFailure) {
        try machine.telling { (machine) throws(MachineFailure) in try machine.ejectMedium(of: operands[1], within: time) }
    }
}
