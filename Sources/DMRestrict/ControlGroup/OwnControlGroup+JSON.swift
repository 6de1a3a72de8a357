import JSON

extension OwnControlGroup {
    var members: [(String, JSONValue)] { [("group", .string(path)), ("limits", .array(limits.map(\.json)))] }

    init(_ reader: PlanReader) throws(PlanTextMistake) {
        var limits: [ControlGroupLimit] = []
        for limit in try reader.each("limits") { limits.append(try ControlGroupLimit(limit)) }
        let path = try reader.string("group")
        guard path.hasPrefix(Self.parent + "/"), !path.dropFirst(Self.parent.count + 1).contains("/"), !path.hasSuffix("/.."), !path.utf8.contains(0) else {
            throw reader.mistake("group", "a folder in `\(Self.parent)`")
        }
        self.init(path: path, limits)
    }
}

extension ControlGroupLimit {
    fileprivate var json: JSONValue {
        let value: JSONValue =
            switch amount {
            case .memory(let bytes): .string("\(bytes)")
            case .processor(let count), .processes(let count): .string("\(count)")
            case .devices(let rules): .array(rules.map { .string($0.text) })
            }
        return [
            "controller": .string(amount.controller.rawValue), "value": value, "version": .integer(place.version.rawValue),
            "tree": .string(place.tree),
        ]
    }

    fileprivate init(_ reader: PlanReader) throws(PlanTextMistake) {
        guard let version = ControlGroupPlace.Version(rawValue: try reader.number("version")) else { throw reader.mistake("version", "1 or 2") }
        let amount: Amount
        switch ControlGroupController(rawValue: try reader.string("controller")) {
        case .memory: amount = .memory(try reader.number("value"))
        case .cpu:
            let share: UInt32 = try reader.number("value")
            guard ControlGroupLimits.processorRange.contains(share) else { throw reader.mistake("value", "thousandths of a processor") }
            amount = .processor(share)
        case .pids: amount = .processes(try reader.number("value"))
        case .devices:
            var rules: [DeviceRule] = []
            for text in try reader.strings("value") {
                guard let rule = DeviceRule(text: text) else { throw reader.mistake("value", "rules as `c 1:3 rw`") }
                rules.append(rule)
            }
            amount = .devices(rules)
        case nil: throw reader.mistake("controller", "`memory`, `cpu`, `pids` or `devices`")
        }
        self.init(amount, in: ControlGroupPlace(version, try reader.string("tree")))
    }
}
