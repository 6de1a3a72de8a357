extension OwnControlGroup {
    /// Whether the process is in the group, and the group has the limits; a finding for each.
    func audit(_ facts: ProcessFacts) -> [AuditFinding] {
        limits.map { limit in
            let wanted = limit.amount.text
            let found = isEntered(limit, facts) ? difference(limit, facts) : "it is not in \(folder(of: limit))"
            return AuditFinding(limit.amount.controller.stepName, found: found ?? wanted, wanted: wanted)
        }
    }

    /// Where a tree is mounted from within another, the kernel tells the group's path from the outer one's root.
    private func isEntered(_ limit: ControlGroupLimit, _ facts: ProcessFacts) -> Bool {
        let name = limit.amount.controller.rawValue
        return facts.controlGroups.contains { controllers, place in
            switch limit.place.version {
            case .one: controllers.split(separator: ",").contains(name[...]) && place.hasSuffix(path)
            case .two: controllers.isEmpty && place.hasSuffix(path)
            }
        }
    }

    /// What the group has instead of the limit; nil where it has the limit.
    private func difference(_ limit: ControlGroupLimit, _ facts: ProcessFacts) -> String? {
        let folder = folder(of: limit)
        for setting in limit.settings {
            guard let wanted = setting.reading else { continue }
            let file = folder + "/" + setting.file
            if setting.isOptional, facts.groupSettingsThatAreNot.contains(file) { continue }
            let found = facts.groupSettings[file]
            if found != wanted { return "\(setting.file) is \(found ?? "not told")" }
        }
        guard case .devices(let rules) = limit.amount else { return nil }
        switch limit.place.version {
        case .one:
            guard let list = facts.groupSettings[folder + "/" + ControlGroupLimit.deviceList] else { return "the devices are not told" }
            let lines = list.split(separator: "\n").map(String.init)
            return Set(lines) == Set(rules.map(\.text)) ? nil : "devices \(lines.joined(separator: ", "))"
        case .two:
            guard let programs = facts.devicePrograms[folder], let planned = facts.plannedDevicePrograms[folder] else {
                return "the program that decides of devices is not told"
            }
            return programs == [planned] ? nil : "of \(programs.count) programs for devices none is the planned one alone"
        }
    }
}
