extension OwnControlGroup {
    /// The group for a request, with what of its limits the host can do; nil where there is none. What the host cannot do must be
    /// waived by name, or be wanted only where it can be had: then a waiver says why it is not there.
    static func planned(
        for request: LaunchRequest, on host: HostAbilities
    ) throws(PlanMistake) -> (group: OwnControlGroup?, waivers: [RestrictionPlan.Waiver]) {
        let limits = request.groupLimits
        if let controller = limits.mistake { throw .badLimit(controller) }
        let waived = Set(request.waivers.map(\.step))
        if waived.contains("cgroup-limits") { return (nil, []) }
        var kept: [ControlGroupLimit] = []
        var waivers: [RestrictionPlan.Waiver] = []
        for amount in limits.amounts where !waived.contains(amount.controller.stepName) {
            let controller = amount.controller
            if let place = host.controlGroups[controller] {
                kept.append(ControlGroupLimit(amount, in: place))
                continue
            }
            let reason = host.controlGroupObstacles[controller] ?? "no control groups of `\(controller.rawValue)` are mounted"
            guard limits.optional.contains(controller) else { throw .cannot(step: controller.stepName, reason: reason) }
            waivers.append(.init(controller.stepName, because: "this host cannot: " + reason))
        }
        guard !kept.isEmpty else { return (nil, waivers) }
        // A process is in one group of version 2 at a time.
        guard Set(kept.map(\.place).filter { $0.version == .two }).count < 2 else {
            throw .cannot(step: "cgroup-limits", reason: "control groups of version 2 are mounted in several places")
        }
        guard request.controlGroups.isEmpty else {
            throw .cannot(step: "cgroup-limits", reason: "it is put into groups that are there, which have limits of their own")
        }
        return (OwnControlGroup(for: request.name, user: request.uid, kept), waivers)
    }

    /// What can be waived.
    static let stepNames = ["cgroup-limits"] + ControlGroupController.allCases.map(\.stepName)
}
