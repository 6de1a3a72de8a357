import Arguments
import DMRestrict
import Files
import Glibc

let usage = """
    usage: xsm-launch run [OPTION…] [CONFIGURATION]
           xsm-launch attach NAME [N]
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
    hands back its console, to which `attach` comes later, and to its other ones, N counted
    from 1; `insert` and `eject` change a CD, `save` writes the state of its devices, which stop until `resume`. `exec` runs a program
    so that it can touch what it was given and nothing else; `plan` says what would be done,
    and what each step defends against. `list` has what runs, `verify` compares it with its
    plan, layer by layer, `stop` ends it; `reap` ends everything that a user runs. `qemu`
    takes the command line that libxl gives QEMU: name a link to this program, `xsm-qemu`, as
    `device_model_override` in a guest's configuration. Each takes `--help`.

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
    switch CommandLine.arguments.first?.split(separator: "/").last {
    case "xsm-qemu": exit(DeviceModelCommand(words).run())
    case "xsm-qemu-trace": exit(DeviceModelCommand(words, traced: .ofEnvironment()).run())
    default: break
    }
    let rest = Array(words.dropFirst())
    switch words.first {
    case "qemu" where rest == ["--help"] || rest == ["-h"]: help("")
    case "qemu": exit(DeviceModelCommand(rest).run())
    case "exec": try ExecCommand.execute(rest)
    case "plan": try PlanCommand.execute(rest)
    case "run": try RunCommand.execute(rest)
    case "attach": try AttachCommand.execute(rest)
    case "insert": try InsertCommand.execute(rest)
    case "eject": try EjectCommand.execute(rest)
    case "resume": try ResumeCommand.execute(rest)
    case "save": try SaveCommand.execute(rest)
    case "trace": try TraceCommand.execute(rest)
    case "list": try ListCommand.execute(rest)
    case "verify": try VerifyCommand.execute(rest)
    case "stop": try StopCommand.execute(rest)
    case "reap": try ReapCommand.execute(rest)
    case "--help", "-h", "help": help("")
    case let word?: throw UsageError(message: "there is no command `\(word)`: see the list of them")
    case nil: throw UsageError(message: "there is no command")
    }
} catch {
    tell("error: \(error.message)\nsee `xsm-launch --help`\n", STDERR_FILENO)
    exit(error.status)
}
