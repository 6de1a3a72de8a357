import CSandbox
import Commands
import DMRestrict
import Files
import Glibc

// A plan carried out, and what came of it, in words.

extension RestrictionPlan {
    /// Starts what is planned, with these descriptors by the numbers that it is to see; one that is to be verified is held for that.
    func start(
        passing descriptors: PassedDescriptors, held isHeld: Bool, attendant: Int32? = nil
    ) throws(CommandFailure) -> LaunchedProcess {
        do throws(LaunchFailure) {
            return try launch(passing: descriptors, held: isHeld, attendant: attendant)
        } catch {
            let object = error.object.isEmpty ? "" : " (\(error.object))"
            let reason = FileError(path: "", number: error.number).reason
            throw CommandFailure("`\(name)` was not launched: step `\(error.step)`: \(error.call)\(object): \(reason)")
        }
    }

    /// Compares a process that is held with the plan; lets it go, or ends it on any difference.
    func verify(_ process: LaunchedProcess, told: (AuditFinding) -> Void = { _ in }) throws(CommandFailure) {
        let findings = audit(ProcessFacts(ofProcess: process.number, planned: self), atStart: true)
        findings.forEach(told)
        let differences = findings.filter { !$0.isAsPlanned }
        guard differences.isEmpty else { throw end(process, "it is not as planned", differences) }
        guard process.letGo() else { throw end(process, "it was held for its audit, and cannot be let go") }
    }

    /// Ends the process, and says why.
    func end(_ process: LaunchedProcess, _ reason: String, _ differences: [AuditFinding] = []) -> CommandFailure {
        _ = sandbox_signal(process.descriptor, SIGKILL)
        _ = process.wait()
        return CommandFailure("`\(name)` was ended: \(reason)" + differences.map { "\n  \($0.layer): \($0.found); wanted: \($0.wanted)" }.joined())
    }

    /// Has others of this host find the process and what it is to be. That they do not changes nothing of what it is.
    func register(_ process: LaunchedProcess, domain: UInt16? = nil) {
        guard let start = LaunchRegister.start(of: process.number) else { return }
        do throws(FileError) {
            try LaunchRegister.ofThisHost.keep(LaunchRecord(process: process.number, start: start, domain: domain, plan: self))
        } catch {
            tell("`\(name)` is not in the list: \(error)\n", STDERR_FILENO)
        }
    }

    /// Which system call a process was ended for; where that is not known why, and how it can be.
    private static func refusedCall(of process: LaunchedProcess) -> String {
        do throws(RefusedSystemCall.Unknown) {
            return try RefusedSystemCall(of: process).text
        } catch {
            switch error {
            case .unreadable(let number):
                let reason = FileError(path: "", number: number).reason
                return "a system call that is not known: the kernel's log cannot be read: \(reason); `xsm-launch trace` finds the call"
            case .lost:
                return "a system call that is not known: the kernel's log has lost it, or auditd has it (`ausearch -m SECCOMP`); "
                    + "`xsm-launch trace` finds the call"
            }
        }
    }

    /// How the process ends, told where its filter ended it.
    func outcome(of process: LaunchedProcess) -> LaunchedProcess.End {
        let end = process.wait()
        if end == .killed(SIGSYS) {
            tell("`\(name)` was ended: its profile does not have \(Self.refusedCall(of: process))\n", STDERR_FILENO)
        }
        if case .lost(let number) = end {
            CommandFailure("`\(name)` was ended: it cannot be waited for: \(FileError(path: "", number: number).reason)").report()
        }
        return end
    }
}
