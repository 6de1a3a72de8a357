import Commands

/// What this tool can be asked, by the word that asks it.
enum Command: String, Tool {
    case run, exec, scenario, processor

    static let name = "xsm-hypervisor"
    static let summary = "a hypervisor in user space that asks a Flask policy"
    static let about = """
        A hypervisor in user space with Xen's interface, on any Linux machine. It asks a Flask policy on every hypercall, as Xen does, and
        says what was denied in Xen's words.
        """
    static let statuses: KeyValuePairs = ["0": "it was done", "1": "it came otherwise", "2": "the command line is wrong"]
    static let examples: KeyValuePairs = [
        "is what is to be allowed allowed, and the rest denied?": "xsm-hypervisor scenario --policy xenpolicy-4.17 guests.scenario",
        "Xen's own programs under a policy": "xsm-hypervisor run --policy xenpolicy-4.17 --directory /tmp/xen",
    ]

    var summary: String {
        switch self {
        case .run: "serves Xen's own programs until it is ended"
        case .exec: "runs one of them as a domain"
        case .scenario: "tries a policy by a script"
        case .processor: "acts as a guest's processor"
        }
    }

    var command: any ToolCommand.Type {
        switch self {
        case .run: RunCommand.self
        case .exec: ExecCommand.self
        case .scenario: ScenarioCommand.self
        case .processor: ProcessorCommand.self
        }
    }
}
