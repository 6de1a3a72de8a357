import Arguments
import Files
import Glibc

let usage = """
    usage: xsm-hypervisor run [OPTION…]
           xsm-hypervisor exec [OPTION…] COMMAND [ARGUMENT…]
           xsm-hypervisor scenario --policy FILE [OPTION…] SCENARIO
           xsm-hypervisor processor --domain N [OPTION…] SCRIPT

    `run` starts a hypervisor in user space, under a Flask policy, and serves Xen's own
    programs until it is ended. `exec` runs one of them as a domain, dom0 without
    `--domain`. `scenario` does what a script says and compares what comes of it with
    what the script expects. `processor` acts as a guest's processor, whose accesses go
    to the guest's device model. Each takes `--help`.


    """

do throws(UsageError) {
    let words = Array(CommandLine.arguments.dropFirst())
    switch words.first {
    case "run": exit(try RunCommand(RunArguments(Array(words.dropFirst()))).run())
    case "exec": exit(try ExecCommand(Array(words.dropFirst())).run())
    case "scenario": exit(try ScenarioCommand(Array(words.dropFirst())).run())
    case "processor": exit(try ProcessorCommand(Array(words.dropFirst())).run())
    case "--help", "-h", "help":
        tell(usage, STDOUT_FILENO)
        exit(0)
    case let word?: throw UsageError(message: "there is no command `\(word)`: it is `run`, `exec`, `scenario` or `processor`")
    case nil: throw UsageError(message: "there is no command: it is `run`, `exec`, `scenario` or `processor`")
    }
} catch {
    tell("error: \(error.message)\nsee `xsm-hypervisor --help`\n", STDERR_FILENO)
    exit(error.status)
}
