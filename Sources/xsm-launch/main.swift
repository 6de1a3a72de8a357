import Arguments
import DMRestrict
import Files
import Glibc

let usage = """
    usage: xsm-launch run [OPTION…] [CONFIGURATION]
           xsm-launch attach NAME
           xsm-launch insert NAME DRIVE FILE
           xsm-launch eject NAME DRIVE
           xsm-launch save NAME FILE
           xsm-launch resume NAME
           xsm-launch exec --user UID:GID [OPTION…] PROGRAM [ARGUMENT…]
           xsm-launch plan --user UID:GID [OPTION…] PROGRAM [ARGUMENT…]
           xsm-launch trace --user UID:GID --profile FILE [OPTION…] PROGRAM [ARGUMENT…]
           xsm-launch trace [OPTION…] qemu -xen-domid N [QEMU'S ARGUMENTS…]
           xsm-launch list [OPTION…]
           xsm-launch verify PID|NAME [OPTION…]
           xsm-launch stop PID|NAME [OPTION…]
           xsm-launch reap UID --reaper UID [OPTION…]
           xsm-launch qemu -xen-domid N [QEMU'S ARGUMENTS…]

    `run` has a guest on our hypervisor, by a file of xl's, its device model restricted, and
    hands back its console, to which `attach` comes later; `insert` and `eject` change a CD,
    `save` writes the state of its devices, which stop until `resume`. `exec` runs a program so that it can touch what it was given and nothing else; `plan`
    says what would be done, and what each step defends against. `list` has what runs,
    `verify` compares it with its plan, layer by layer, `stop` ends it; `reap` ends
    everything that a user runs. `qemu` takes the command line that libxl gives QEMU: name a link to
    this program, `xsm-qemu`, as `device_model_override` in a guest's configuration. Each
    takes `--help`.

    `trace` runs a program under everything but its filter, and says which system calls it
    made that its profile does not have (`+`), which no profile gets by this and were not done
    (`!`), and which lines of the profile it did not use (`-`). It is NOT restricted by its
    filter meanwhile: run what you trust. No profile is changed; `--output` writes a new one,
    in which each new line is refused until somebody has given it a reason. The exit status
    is 0 when the profile had everything, 1 when it had not, and 125 when there was no trace;
    a device model's is its own. A link `xsm-qemu-trace` traces in QEMU's place;
    XSM_TRACE_PROFILE, XSM_TRACE_OUTPUT and XSM_TRACE_REPORT name its files, and
    XSM_TRACE_MISSING_ONLY stands for the option.


    """

func help(_ options: String) -> Never {
    tell(usage + options, STDOUT_FILENO)
    exit(0)
}

do throws(UsageError) {
    let words = Array(CommandLine.arguments.dropFirst())
    // In QEMU's place it has QEMU's arguments only.
    if CommandLine.arguments.first?.split(separator: "/").last == "xsm-qemu" { exit(DeviceModelCommand(words).run()) }
    if CommandLine.arguments.first?.split(separator: "/").last == "xsm-qemu-trace" {
        exit(DeviceModelCommand(words, traced: .ofEnvironment()).run())
    }
    switch words.first {
    case "qemu" where words.dropFirst() == ["--help"] || words.dropFirst() == ["-h"]: help("")
    case "qemu": exit(DeviceModelCommand(Array(words.dropFirst())).run())
    case "exec", "plan":
        let arguments = try LaunchArguments(Array(words.dropFirst()))
        if arguments.printsHelp { help(LaunchOption.helpText) }
        exit(words.first == "exec" ? ExecCommand(arguments: arguments).run() : PlanCommand(arguments: arguments).run())
    case "run": try RunCommand.execute(Array(words.dropFirst()))
    case "attach": try AttachCommand.execute(Array(words.dropFirst()))
    case "insert": try InsertCommand.execute(Array(words.dropFirst()))
    case "eject": try EjectCommand.execute(Array(words.dropFirst()))
    case "resume": try ResumeCommand.execute(Array(words.dropFirst()))
    case "save": try SaveCommand.execute(Array(words.dropFirst()))
    case "trace": try TraceCommand.execute(Array(words.dropFirst()))
    case "list": try ListCommand.execute(Array(words.dropFirst()))
    case "verify": try VerifyCommand.execute(Array(words.dropFirst()))
    case "stop": try StopCommand.execute(Array(words.dropFirst()))
    case "reap": try ReapCommand.execute(Array(words.dropFirst()))
    case "--help", "-h", "help":
        tell(usage, STDOUT_FILENO)
        exit(0)
    case let word?: throw UsageError(message: "there is no command `\(word)`: see the list of them")
    case nil: throw UsageError(message: "there is no command")
    }
} catch {
    tell("error: \(error.message)\nsee `xsm-launch --help`\n", STDERR_FILENO)
    exit(error.status)
}
