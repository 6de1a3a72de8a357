import DMRestrict

/// `xsm-launch resume`: a guest's devices go on that were stopped to be saved.
struct ResumeCommand: MachineCommand {
    static let questions = ["what to let go on, by a guest's name"]

    let operands: [String]

    func act(on machine: inout MachineConnection, of record: LaunchRecord, within time: Duration) throws(CommandFailure) {
        try machine.telling { (machine) throws(MachineFailure) in try machine.resume(within: time) }
    }
}
