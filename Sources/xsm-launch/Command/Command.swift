import Commands

/// What this tool can be asked, by the word that asks it.
enum Command: String, Tool {
    case run, attach, insert, eject, save, resume, exec, plan, trace, list, verify, stop, reap, qemu

    static let name = "xsm-launch"
    static let summary = "run a guest's device model, or any program, restricted"
    static let about = """
        Runs QEMU as the device model of one guest so that it can touch that guest alone, even when the guest has taken it over; or any
        program so that it can touch what it was given. What it is restricted to is planned first, and read back from the kernel.
        """
    static let statuses: KeyValuePairs = [
        "0": "it was done", "1": "it was not, or not all is as planned", "2": "the command line is wrong", "125": "nothing was launched",
    ]
    static let examples: KeyValuePairs = [
        "a guest, its QEMU restricted": "xsm-launch run --policy xenpolicy-4.17 web.cfg",
        "is its device model still what it was to be?": "xsm-launch verify web",
    ]

    var summary: String {
        switch self {
        case .run: "makes a guest on `xsm-hypervisor`, its QEMU restricted, and shows its console"
        case .attach: "comes back to a guest's console"
        case .insert: "puts a CD into a guest's drive"
        case .eject: "takes it out"
        case .save: "stops a guest's devices and writes their state"
        case .resume: "lets them go on"
        case .exec: "runs any program restricted"
        case .plan: "says what would be done, and what each step defends against"
        case .trace: "says which system calls a profile lacks"
        case .list: "says what runs restricted"
        case .verify: "compares what runs with its plan, layer by layer"
        case .stop: "ends what runs restricted"
        case .reap: "ends everything that a user runs"
        case .qemu: "is QEMU to libxl"
        }
    }

    var command: any ToolCommand.Type {
        switch self {
        case .run: RunCommand.self
        case .attach: AttachCommand.self
        case .insert: InsertCommand.self
        case .eject: EjectCommand.self
        case .save: SaveCommand.self
        case .resume: ResumeCommand.self
        case .exec: ExecCommand.self
        case .plan: PlanCommand.self
        case .trace: TraceCommand.self
        case .list: ListCommand.self
        case .verify: VerifyCommand.self
        case .stop: StopCommand.self
        case .reap: ReapCommand.self
        case .qemu: QEMUCommand.self
        }
    }
}
