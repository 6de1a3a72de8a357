public import JSON

// A plan as JSON: to be stored, compared, and read by other programs. What is read is what was written.

extension RestrictionPlan {
    /// The version of the shape.
    static let jsonVersion: Int64 = 1

    /// All of it, in the order in which it is done.
    public var json: JSONValue {
        [
            "version": .integer(Self.jsonVersion), "name": .string(name), "program": .string(program),
            "arguments": .array(arguments.map { .string($0) }),
            "environment": .object(
                JSONObject(environment.sorted { $0.key < $1.key }.map { JSONObject.Member($0.key, .string($0.value)) })),
            "namespaces": .array(namespaces.names.map { .string($0) }), "steps": .array(steps.map(\.json)),
            "waivers": .array(waivers.map(\.json)), "covered": .array(covered.map(\.json)),
        ]
    }

    /// Throws ``PlanTextMistake`` where something is missing or is something else.
    public init(json: JSONValue) throws(PlanTextMistake) {
        let reader = try PlanReader(json, "plan")
        guard try reader.number("version") == Self.jsonVersion else { throw reader.mistake("version", "\(Self.jsonVersion)") }
        var namespaces: Namespaces = []
        for name in try reader.strings("namespaces") {
            guard let known = Namespaces(name: name) else { throw reader.mistake("namespaces", "names as `/proc/PID/ns` has them") }
            namespaces.insert(known)
        }
        var steps: [RestrictionStep] = []
        for step in try reader.each("steps") { steps.append(try RestrictionStep(step)) }
        self.init(
            name: try reader.string("name"), program: try reader.string("program"), arguments: try reader.strings("arguments"),
            namespaces: namespaces, steps: steps)
        let variables = try PlanReader(reader.object["environment"], "plan.environment")
        for member in variables.object.members { environment[member.name] = try variables.string(member.name) }
        for waiver in try reader.each("waivers") {
            waivers.append(Waiver(try waiver.string("step"), because: try waiver.string("reason")))
        }
        for step in try reader.each("covered") {
            covered.append(Covered(try step.string("step"), by: try step.string("by"), because: try step.string("reason")))
        }
    }
}

extension RestrictionPlan.Covered {
    public var json: JSONValue { ["step": .string(step), "by": .string(by), "reason": .string(reason)] }
}

extension RestrictionPlan.Waiver {
    public var json: JSONValue { ["step": .string(step), "reason": .string(reason)] }
}

extension RestrictionStep {
    fileprivate var json: JSONValue {
        var object = JSONObject([JSONObject.Member("step", .string(name))])
        for (name, value) in members { object[name] = value }
        return .object(object)
    }

    private var members: [(String, JSONValue)] {
        switch self {
        case .newSession, .dieWithLauncher, .noProgramsInMemory, .noSupplementaryGroups, .emptyBoundingSet, .lockedSecureBits,
            .noCapabilities, .noNewPrivileges, .notDumpable:
            []
        case .fileModeMask(let mask): [("mask", .integer(Int64(mask)))]
        case .outOfMemoryScore(let score): [("score", .integer(Int64(score)))]
        case .controlGroups(let folders): [("folders", .array(folders.map { .string($0) }))]
        case .ownControlGroup(let group): group.members
        case .limits(let limits):
            [("limits", .array(limits.map { ["resource": .string($0.resource.name), "value": .string("\($0.value)")] }))]
        case .root(let tree):
            [("size", .string("\(tree.size)")), ("bindings", .array(tree.bindings.map(\.json)))]
        case .descriptors(let kept): [("descriptors", .array(kept.map(\.json)))]
        case .landlock(let rules):
            [("rules", .array(rules.map { ["path": .string($0.path), "access": .string($0.access.rawValue)] }))]
        case .user(let uid, let gid): [("uid", .integer(Int64(uid))), ("gid", .integer(Int64(gid)))]
        case .executionLabel(let label): [("label", .string(label))]
        case .systemCalls(let filter), .tracedSystemCalls(let filter), .servingSystemCalls(let filter):
            filter.members
        }
    }

    fileprivate init(_ reader: PlanReader) throws(PlanTextMistake) {
        switch try reader.string("step") {
        case "session": self = .newSession
        case "parent-death": self = .dieWithLauncher
        case "memory-programs": self = .noProgramsInMemory
        case "groups": self = .noSupplementaryGroups
        case "bounding-set": self = .emptyBoundingSet
        case "securebits": self = .lockedSecureBits
        case "capabilities": self = .noCapabilities
        case "no-new-privileges": self = .noNewPrivileges
        case "dumpable": self = .notDumpable
        case "umask": self = .fileModeMask(try reader.number("mask"))
        case "oom-score": self = .outOfMemoryScore(try reader.number("score"))
        case "cgroup": self = .controlGroups(try reader.strings("folders"))
        case "cgroup-limits": self = .ownControlGroup(try OwnControlGroup(reader))
        case "limits":
            var limits: [ResourceLimit] = []
            for limit in try reader.each("limits") {
                let name = try limit.string("resource")
                guard let resource = ResourceLimit.Resource.allCases.first(where: { $0.name == name }) else {
                    throw limit.mistake("resource", "the name of a resource")
                }
                limits.append(ResourceLimit(resource, try limit.number("value")))
            }
            self = .limits(limits)
        case "root":
            var bindings: [RootTree.Binding] = []
            for binding in try reader.each("bindings") { bindings.append(try RootTree.Binding(binding)) }
            var tree = RootTree(bindings)
            tree.size = try reader.number("size")
            self = .root(tree)
        case "descriptors":
            var kept: [KeptDescriptor] = []
            for descriptor in try reader.each("descriptors") {
                kept.append(
                    KeptDescriptor(
                        try descriptor.number("number"), try descriptor.string("purpose"),
                        link: descriptor.has("link") ? try descriptor.string("link") : nil))
            }
            self = .descriptors(kept)
        case "landlock":
            var rules: [LandlockRule] = []
            for rule in try reader.each("rules") {
                guard let access = LandlockRule.Access(rawValue: try rule.string("access")) else {
                    throw rule.mistake("access", "`read`, `read-execute` or `read-write`")
                }
                rules.append(LandlockRule(try rule.string("path"), access))
            }
            self = .landlock(rules)
        case "user": self = .user(uid: try reader.number("uid"), gid: try reader.number("gid"))
        case "selinux": self = .executionLabel(try reader.string("label"))
        case "seccomp": self = .systemCalls(try SystemCallFilter(reader))
        case "seccomp-trace": self = .tracedSystemCalls(try SystemCallFilter(reader))
        case "seccomp-serving": self = .servingSystemCalls(try SystemCallFilter(reader))
        default: throw reader.mistake("step", "the name of a step")
        }
    }
}

extension RootTree.Binding {
    fileprivate var json: JSONValue {
        [
            "source": .string(source), "target": .string(target), "writable": .boolean(isWritable), "executable": .boolean(isExecutable),
            "device": .boolean(isDevice),
        ]
    }

    fileprivate init(_ reader: PlanReader) throws(PlanTextMistake) {
        self.init(
            try reader.string("source"), at: try reader.string("target"), isWritable: try reader.truth("writable"),
            isExecutable: try reader.truth("executable"), isDevice: try reader.truth("device"))
    }
}

extension KeptDescriptor {
    fileprivate var json: JSONValue {
        ["number": .integer(Int64(number)), "purpose": .string(purpose), "link": link.map { .string($0) } ?? .null]
    }
}

extension SystemCallFilter {
    fileprivate var members: [(String, JSONValue)] {
        let program = JSONValue.array(program.map { .string($0.text) })
        return [("profile", .string(profile)), ("refusal", refusal.text.map { .string($0) } ?? .null), ("program", program)]
    }

    fileprivate init(_ reader: PlanReader) throws(PlanTextMistake) {
        var program: [FilterInstruction] = []
        for text in try reader.strings("program") {
            guard let instruction = FilterInstruction(text: text), program.count < 4_096 else {
                throw reader.mistake("program", "at most 4096 instructions, `CODE IF-TRUE IF-FALSE OPERAND` in hexadecimal")
            }
            program.append(instruction)
        }
        var refusal = FilterAction.killProcess
        if reader.has("refusal") {
            guard let action = FilterAction(text: try reader.string("refusal")) else { throw reader.mistake("refusal", "`log`, or `error` and a number") }
            refusal = action
        }
        self.init(profile: try reader.string("profile"), program: program, refusal: refusal)
    }
}

extension FilterAction {
    /// What is done at a call that a profile does not have; nil where that ends the process, as it usually does.
    fileprivate var text: String? {
        switch self {
        case .error(let number): "error \(number)"
        case .log: "log"
        default: nil
        }
    }

    fileprivate init?(text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        if text == "log" {
            self = .log
        } else if words.count == 2, words[0] == "error", let number = UInt16(words[1]), (1...4_095).contains(number) {
            self = .error(number)
        } else {
            return nil
        }
    }
}

extension FilterInstruction {
    fileprivate var text: String {
        [UInt32(code), UInt32(ifTrue), UInt32(ifFalse), operand].map { String($0, radix: 16) }.joined(separator: " ")
    }

    fileprivate init?(text: String) {
        let words = text.split(separator: " ").map { UInt32($0, radix: 16) }
        guard words.count == 4, let code = words[0].flatMap({ UInt16(exactly: $0) }), let ifTrue = words[1].flatMap({ UInt8(exactly: $0) }),
            let ifFalse = words[2].flatMap({ UInt8(exactly: $0) }), let operand = words[3]
        else { return nil }
        self.init(code: code, ifTrue: ifTrue, ifFalse: ifFalse, operand: operand)
    }
}
