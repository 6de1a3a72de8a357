import DMRestrict

extension PlanMistake {
    /// The same about a device model, from which nobody can take a step away.
    var textOfDeviceModel: String {
        guard case .cannot(let step, let reason) = self else { return text }
        return "this host cannot do the step `\(step)`: \(reason)"
    }

    /// What is wrong, and what to do about it.
    var text: String {
        switch self {
        case .isRoot: "a device model does not run as root: name another user with `--user`"
        case .badPath(let path): "`\(path)` is no path that can be bound: it begins with `/` and has no `.` or `..`"
        case .processes(let path): "`\(path)` is not bound: nothing that runs restricted sees the host's processes"
        case .badDescriptor(let number): "descriptor \(number) is named twice, or is no number from 0 to 63"
        case .unknownStep(let name): "there is no step `\(name)` to be waived: `xsm-launch plan` names them"
        case .badLimit(let controller): "the limit `\(controller.stepName)` is none that the kernel counts"
        case .cannot(let step, let reason): "this host cannot do the step `\(step)`: \(reason); do without it by `--waive \(step)=REASON`"
        case .noFilter: "there is no profile of system calls: name one with `--profile`, such as `minimal.policy`, or do without by `--waive seccomp=REASON`"
        }
    }
}
