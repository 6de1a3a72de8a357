import CSandbox
import Files
import Glibc

// SAFETY: strings are copied before a call returns.

extension RestrictionPlan {
    /// The control group that the plan has, made and limited before anybody is in it; nil where it has none.
    func makeControlGroup() throws(LaunchFailure) -> MadeControlGroup? {
        for case .ownControlGroup(let group) in steps { return try group.make() }
        return nil
    }
}

extension OwnControlGroup {
    fileprivate func make() throws(LaunchFailure) -> MadeControlGroup {
        var made = MadeControlGroup()
        // The first that could not be made is whose step failed.
        var step = "cgroup-limits"
        do throws(StepFailure) {
            for place in places {
                step = limits.first { $0.place == place }?.amount.controller.stepName ?? step
                try prepare(place)
                let parent = place.tree + Self.parent
                let lock = unsafe sandbox_make_group(parent, String(path.dropFirst(Self.parent.count + 1)))
                if lock == -EWOULDBLOCK { throw StepFailure(call: "flock", number: EBUSY, object: place.tree + path + ": another launcher's") }
                try StepFailure.check(lock, "mkdir", place.tree + path)
                made.add(place.tree + path, lock, place.version)
            }
            for limit in limits {
                step = limit.amount.controller.stepName
                try set(limit)
            }
        } catch {
            made.remove()
            throw LaunchFailure(step: step, call: error.call, number: error.number, object: error.object)
        }
        return made
    }

    /// Has launchers' groups be there, and in version 2 the controllers handed down to them.
    private func prepare(_ place: ControlGroupPlace) throws(StepFailure) {
        try Kernel.makeFolder(place.tree + Self.parent)
        guard place.version == .two else { return }
        // Of devices a program decides, for which there is no controller.
        let wanted = limits.filter { $0.place == place && $0.amount.controller != .devices }.map(\.amount.controller.rawValue)
        for folder in [place.tree, place.tree + Self.parent] {
            let file = folder + "/cgroup.subtree_control"
            let there = HostAbilities.words(of: file)
            for controller in wanted where !there.contains(controller) { try Kernel.write("+" + controller, to: file) }
        }
    }

    private func set(_ limit: ControlGroupLimit) throws(StepFailure) {
        let folder = folder(of: limit)
        for setting in limit.settings {
            let file = folder + "/" + setting.file
            do throws(StepFailure) {
                try Kernel.write(setting.text, to: file)
            } catch {
                guard setting.isOptional, error.number == ENOENT else { throw error }
            }
        }
        guard case .devices(let rules) = limit.amount, limit.place.version == .two else { return }
        let program = DeviceProgram(rules).load()
        try StepFailure.check(program, "bpf", "BPF_PROG_LOAD of \(rules.count) devices")
        defer { close(program) }
        try StepFailure.check(unsafe sandbox_attach_device_program(folder, program), "bpf", "BPF_PROG_ATTACH to \(folder)")
    }
}
