import CSandbox
import DMRestrict
import Files
import Glibc

/// `xsm-launch exec`: a program under everything, and its exit status.
struct ExecCommand {
    let arguments: LaunchArguments

    /// The exit status: the program's own, 125 when it was not launched, 128 and the signal's number when one ended it.
    func run() -> Int32 {
        do throws(CommandFailure) {
            let plan = try arguments.plan()
            let process = try launch(plan)
            if arguments.verifies { try verify(plan, process) }
            let end = process.wait()
            if end == .killed(SIGSYS) { tell("`\(plan.name)` made a system call that its profile does not have\n", STDERR_FILENO) }
            return end.status
        } catch {
            tell("error: \(error.message)\n", STDERR_FILENO)
            return 125
        }
    }

    private func launch(_ plan: RestrictionPlan) throws(CommandFailure) -> LaunchedProcess {
        do throws(LaunchFailure) {
            return try plan.launch(passing: [0: 0, 1: 1, 2: 2])
        } catch {
            throw CommandFailure(
                "`\(plan.name)` was not launched: step `\(error.step)`: \(error.call)\(error.object.isEmpty ? "" : " (\(error.object))"): \(FileError(path: "", number: error.number).reason)")
        }
    }

    private func verify(_ plan: RestrictionPlan, _ process: LaunchedProcess) throws(CommandFailure) {
        let findings = plan.audit(ProcessFacts(ofProcess: process.number))
        let differences = findings.filter { !$0.isAsPlanned }
        guard !differences.isEmpty else { return }
        _ = sandbox_signal(process.descriptor, SIGKILL)
        throw CommandFailure(
            "`\(plan.name)` is not as planned, and was ended:\n"
                + differences.map { "  \($0.layer): \($0.found); wanted: \($0.wanted)\n" }.joined())
    }
}
