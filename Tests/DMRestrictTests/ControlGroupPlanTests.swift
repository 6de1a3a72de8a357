import JSON
import TestSupport
import Testing

@testable import DMRestrict

/// Limits of control groups: planned where the host has them, refused where not, stored as they are, and each difference is found.
@Suite struct ControlGroupPlanTests {
    private static let one: [ControlGroupController: ControlGroupPlace] = Dictionary(
        uniqueKeysWithValues: ControlGroupController.allCases.map { ($0, ControlGroupPlace(.one, "/sys/fs/cgroup/\($0.rawValue)")) })
    private static let two: [ControlGroupController: ControlGroupPlace] = Dictionary(
        uniqueKeysWithValues: ControlGroupController.allCases.map { ($0, ControlGroupPlace(.two, "/sys/fs/cgroup")) })
    private static let null = DeviceRule(.character, 1, 3, isWritable: true)

    private var request: LaunchRequest {
        var request = LaunchRequest(name: "a guest/1", program: "/usr/bin/true", uid: 70_000, gid: 70_000)
        request.groupLimits.memory = (64 << 20) + 7
        request.groupLimits.processor = 250
        request.groupLimits.processes = 16
        request.groupLimits.devices = [Self.null, DeviceRule(.block, 8, 1, isWritable: false), DeviceRule(.character, 1, 3, isWritable: false)]
        request.waivers = [.init("seccomp", because: "a test"), .init("landlock", because: "a test")]
        return request
    }

    private func plan(_ places: [ControlGroupController: ControlGroupPlace], _ change: (inout LaunchRequest) -> Void = { _ in }) throws -> RestrictionPlan {
        var (request, host) = (request, HostAbilities())
        change(&request)
        (host.controlGroups, host.canForbidProgramsInMemory) = (places, true)
        return try RestrictionPlan(for: request, on: host)
    }

    private func ownGroup(_ plan: RestrictionPlan) -> OwnControlGroup? {
        for case .ownControlGroup(let group) in plan.steps { return group }
        return nil
    }

    @Test func theGroupIsPlannedBeforeTheTreeIsLeft() throws {
        let plan = try plan(Self.one)
        let names = plan.steps.map(\.name)
        #expect(names.firstIndex(of: "cgroup-limits") ?? .max < names.firstIndex(of: "root") ?? 0)
        let group = try #require(ownGroup(plan))
        #expect(group.path == "/xsm-launch/a_guest_1.70000")
        #expect(group.places.map(\.tree) == ["memory", "cpu", "pids", "devices"].map { "/sys/fs/cgroup/\($0)" })
        // Whole pages; each device once.
        #expect(group.limits.map(\.amount) == [
            .memory(64 << 20), .processor(250), .processes(16), .devices([DeviceRule(.block, 8, 1, isWritable: false), Self.null]),
        ])
        #expect(try #require(ownGroup(self.plan(Self.two))).places.map(\.tree) == ["/sys/fs/cgroup"])
    }

    @Test func eachVersionHasItsFiles() throws {
        func settings(_ places: [ControlGroupController: ControlGroupPlace]) throws -> [String] {
            try #require(ownGroup(plan(places))).limits.flatMap { $0.settings.map { "\($0.file)=\($0.text)" } }
        }
        #expect(try settings(Self.one) == [
            "memory.limit_in_bytes=67108864", "memory.memsw.limit_in_bytes=67108864", "cpu.cfs_period_us=100000", "cpu.cfs_quota_us=25000",
            "pids.max=16", "devices.deny=a", "devices.allow=b 8:1 r", "devices.allow=c 1:3 rw",
        ])
        #expect(try settings(Self.two) == ["memory.max=67108864", "memory.swap.max=0", "cpu.max=25000 100000", "pids.max=16"])
    }

    @Test func whatTheHostCannotDoIsWaivedByName() throws {
        for controller in ControlGroupController.allCases {
            var places = Self.one
            places[controller] = nil
            let reason = "no control groups of `\(controller.rawValue)` are mounted"
            #expect(throws: PlanMistake.cannot(step: controller.stepName, reason: reason)) { try plan(places) }
            let waived = try plan(places) { $0.waivers.append(.init(controller.stepName, because: "a test")) }
            #expect(ownGroup(waived)?.limits.count == 3)
            #expect(waived.waivers.contains(.init(controller.stepName, because: "a test")))
            // Where it is wanted only if it can be had, the plan says that it is not there.
            let optional = try plan(places) { $0.groupLimits.optional = [controller] }
            #expect(ownGroup(optional)?.limits.count == 3)
            #expect(optional.waivers.contains(.init(controller.stepName, because: "this host cannot: " + reason)))
        }
        let none = try plan([:]) { $0.groupLimits.optional = Set(ControlGroupController.allCases) }
        #expect(ownGroup(none) == nil)
        #expect(none.waivers.count == 6)
        #expect(try ownGroup(plan([:]) { $0.waivers.append(.init("cgroup-limits", because: "a test")) }) == nil)
        #expect(throws: PlanMistake.self) { try plan(Self.one) { $0.controlGroups = ["/sys/fs/cgroup/pids/x"] } }
        #expect(try ownGroup(plan(Self.one) { $0.groupLimits = ControlGroupLimits() }) == nil)
    }

    @Test func whatIsNoLimitIsRefused() {
        let changes: [(ControlGroupController, (inout ControlGroupLimits) -> Void)] = [
            (.memory, { $0.memory = 4_096 }), (.memory, { $0.memory = .max }), (.cpu, { $0.processor = 9 }), (.cpu, { $0.processor = .max }),
            (.pids, { $0.processes = 0 }), (.pids, { $0.processes = .max }),
            (.devices, { $0.devices = (0..<257).map { DeviceRule(.block, 1, $0, isWritable: true) } }),
        ]
        for (controller, change) in changes {
            #expect(throws: PlanMistake.badLimit(controller)) { try plan(Self.one) { change(&$0.groupLimits) } }
        }
    }

    @Test func whatIsStoredIsRead() throws {
        for places in [Self.one, Self.two] {
            let plan = try plan(places)
            #expect(try RestrictionPlan(json: JSONValue(parsing: plan.json.bytes())) == plan)
        }
        let text = String(decoding: try plan(Self.one).json.bytes(), as: UTF8.self)
        for (part, other) in [
            (#""/xsm-launch/a_guest_1.70000""#, #""/other/a""#), (#""/xsm-launch/a_guest_1.70000""#, #""/xsm-launch/..""#),
            (#""/xsm-launch/a_guest_1.70000""#, #""/xsm-launch/a/b""#), (#""controller":"pids""#, #""controller":"io""#),
            (#""controller":"cpu","value":"250""#, #""controller":"cpu","value":"1""#), (#""controller":"pids","value":"16""#, #""controller":"pids""#),
            (#""67108864""#, #""much""#), (#""c 1:3 rw""#, #""c 1:3 rwm""#), (#""c 1:3 rw""#, #""a""#), (#""c 1:3 rw""#, #""c 01:3 rw""#),
            (#""version":1,"tree":"/sys/fs/cgroup/cpu""#, #""version":3,"tree":"/sys/fs/cgroup/cpu""#), (#""tree":"/sys/fs/cgroup/cpu""#, #""tree":1"#),
        ] {
            let changed = text.split(separator: part, omittingEmptySubsequences: false).joined(separator: other)
            #expect(changed != text, "\(part)")
            #expect(throws: PlanTextMistake.self, "\(other)") { try RestrictionPlan(json: JSONValue(parsing: Array(changed.utf8))) }
        }
    }

    private func facts(of group: OwnControlGroup) -> ProcessFacts {
        var facts = ProcessFacts()
        for limit in group.limits {
            let folder = group.folder(of: limit)
            for setting in limit.settings { if let reading = setting.reading { facts.groupSettings[folder + "/" + setting.file] = reading } }
            switch limit.place.version {
            case .one:
                let name = limit.amount.controller.rawValue
                // As hosts have them that mount the two together.
                facts.controlGroups[name == "cpu" ? "cpu,cpuacct" : name] = group.path
                facts.groupSettings[folder + "/devices.list"] = "c 1:3 rw\nb 8:1 r"
            case .two:
                facts.controlGroups[""] = group.path
                facts.devicePrograms[folder] = [77]
                facts.plannedDevicePrograms[folder] = 77
            }
        }
        return facts
    }

    @Test func eachDifferenceIsFoundInItsLayer() throws {
        let path = "/xsm-launch/a_guest_1.70000"
        func place(_ controller: String, _ file: String) -> String { "/sys/fs/cgroup/\(controller)\(path)/\(file)" }
        let one: [([String], (inout ProcessFacts) -> Void)] = [
            ([], { _ in }), (["memory"], { $0.groupSettings[place("memory", "memory.limit_in_bytes")] = "9223372036854771712" }),
            (["memory"], { $0.groupSettings[place("memory", "memory.limit_in_bytes")] = nil }),
            (["memory"], { $0.groupSettings[place("memory", "memory.memsw.limit_in_bytes")] = nil }),
            ([], {
                $0.groupSettings[place("memory", "memory.memsw.limit_in_bytes")] = nil
                $0.groupSettingsThatAreNot = [place("memory", "memory.memsw.limit_in_bytes")]
            }),
            (["cpu"], { $0.groupSettings[place("cpu", "cpu.cfs_quota_us")] = "-1" }), (["cpu"], { $0.groupSettings[place("cpu", "cpu.cfs_period_us")] = "1000" }),
            (["pids"], { $0.groupSettings[place("pids", "pids.max")] = "max" }), (["pids"], { $0.controlGroups["pids"] = "/" }),
            (["pids"], { $0.controlGroups["pids"] = nil }), (["pids"], { $0.controlGroups["pids"] = path + ".other" }),
            (["cpu"], { $0.controlGroups["cpu,cpuacct"] = "/xsm-launch" }), ([], { $0.controlGroups["pids"] = "/docker/1" + path }),
            (["devices"], { $0.groupSettings[place("devices", "devices.list")] = "a *:* rwm" }),
            (["devices"], { $0.groupSettings[place("devices", "devices.list")] = "c 1:3 rw" }),
            (["devices"], { $0.groupSettings[place("devices", "devices.list")]? += "\nc 1:5 r" }),
            (["devices"], { $0.groupSettings[place("devices", "devices.list")] = nil }),
        ]
        let all = ["memory", "cpu", "pids", "devices"]
        let folder = "/sys/fs/cgroup" + path
        let two: [([String], (inout ProcessFacts) -> Void)] = [
            ([], { _ in }), (all, { $0.controlGroups[""] = "/" }), (["memory"], { $0.groupSettings[folder + "/memory.max"] = "max" }),
            (["memory"], { $0.groupSettings[folder + "/memory.swap.max"] = "max" }), (["cpu"], { $0.groupSettings[folder + "/cpu.max"] = "max 100000" }),
            (["pids"], { $0.groupSettings[folder + "/pids.max"] = "17" }), (["devices"], { $0.devicePrograms[folder] = [] }),
            (["devices"], { $0.devicePrograms[folder] = [78] }), (["devices"], { $0.devicePrograms[folder] = [77, 78] }),
            (["devices"], { $0.devicePrograms = [:] }), (["devices"], { $0.plannedDevicePrograms = [:] }),
        ]
        for (places, changes) in [(Self.one, one), (Self.two, two)] {
            let group = try #require(try ownGroup(plan(places)))
            for (index, (layers, change)) in changes.enumerated() {
                var facts = facts(of: group)
                change(&facts)
                #expect(group.audit(facts).map(\.layer) == all.map { "cgroup-" + $0 })
                let found = group.audit(facts).filter { !$0.isAsPlanned }.map(\.layer)
                #expect(found == layers.map { "cgroup-" + $0 }, "\(places[.cpu]?.version as Any) \(index)")
            }
        }
    }

    @Test func mountsOfGroupsAreFound() {
        let text = """
            31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
            32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:15 master:2 - cgroup cgroup rw,cpu,cpuacct
            39 31 0:36 / /sys/fs/cgroup/pids ro,relatime - cgroup cgroup rw,pids
            40 31 0:37 / /a\\040b rw,relatime - cgroup cgroup rw,memory
            41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
            42 31 0:39 / /x rw - cgroup2
            - - - -
            """
        let mounts = ControlGroupMount.mounts(in: text)
        #expect(mounts.map(\.place) == [
            .init(.one, "/sys/fs/cgroup/cpu,cpuacct"), .init(.one, "/sys/fs/cgroup/pids"), .init(.two, "/sys/fs/cgroup/unified"),
        ])
        #expect(mounts.map(\.isWritable) == [true, false, true])
        #expect(mounts.first?.controllers.isSuperset(of: ["cpu", "cpuacct"]) == true)
    }

    /// What the program decides, step by step as the kernel does it, is what its rules say.
    @Test func theProgramOfDevicesSaysWhatItsRulesSay() {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        for _ in 0..<200 {
            func rule() -> DeviceRule {
                DeviceRule(Bool.random(using: &random) ? .block : .character, .random(in: 0...2, using: &random), [0, 1, 0xfffff].randomElement(using: &random) ?? 0,
                    isWritable: Bool.random(using: &random))
            }
            let rules = DeviceRule.merged((0..<Int.random(in: 0...4, using: &random)).map { _ in rule() })
            let program = DeviceProgram(rules)
            for _ in 0..<40 {
                let (wanted, access) = (rule(), UInt32.random(in: 1...7, using: &random))
                let match = rules.first { ($0.kind, $0.major, $0.minor) == (wanted.kind, wanted.major, wanted.minor) }
                let isAllowed = access & 1 == 0 && match.map { $0.isWritable || access & 4 == 0 } ?? false
                let context = [access << 16 | (wanted.kind == .block ? 1 : 2), wanted.major, wanted.minor]
                #expect(program.decision(context) == (isAllowed ? 1 : 0), "seed \(seed): \(rules.map(\.text)), \(wanted.text), \(access)")
            }
        }
    }

    /// What an operator writes for all device models.
    @Test func limitsAreReadFromAFile() throws {
        var limits = ControlGroupLimits()
        limits.processes = 256
        limits.optional = [.pids, .devices]
        try limits.take(from: "")
        try limits.take(from: "# ours\n\n  \nmemory\t2G\n cpu 1.5 ")
        #expect(limits.memory == 2 << 30 && limits.processor == 1_500 && limits.processes == 256 && limits.optional == [.pids, .devices])
        // What is asked for is had, or nothing is launched.
        try limits.take(from: "pids 100\nmemory 4096K")
        #expect(limits.processes == 100 && limits.memory == 4 << 20 && limits.optional == [.devices])
        for (text, line, told) in [
            ("memory", 1, "one value"), ("cpu 1 2", 1, "one value"), ("cpu 1\n\ncpu 2", 3, "twice"), ("devices none", 1, "no limit"), ("Memory 1G", 1, "no limit"),
            ("memory 1", 1, "is not"), ("memory 99999999999999999999", 1, "is not"), ("memory 1g", 1, "is not"), ("memory G", 1, "is not"),
            ("cpu 0", 1, "is not"), ("cpu 1.", 1, "is not"), ("cpu 1.0001", 1, "is not"), ("cpu 1001", 1, "is not"), ("cpu -1", 1, "is not"),
            ("cpu +1", 1, "is not"), ("pids 0", 1, "is not"), ("pids +5", 1, "is not"), ("pids 4194305", 1, "is not"), ("memory = 1G", 1, "one value"),
        ] {
            var limits = ControlGroupLimits()
            do throws(ControlGroupLimits.TextMistake) {
                try limits.take(from: text)
                Issue.record("taken: \(text)")
            } catch {
                #expect(error.line == line && error.text.contains(told), "\(text): \(error)")
            }
        }
    }
}

extension DeviceProgram {
    /// As far as such programs go (Linux, Documentation/bpf/standardization/instruction-set.rst); nil where they do not end well.
    fileprivate func decision(_ context: [UInt32]) -> UInt32? {
        var registers = [UInt32](repeating: 0, count: 11)
        var next = 0
        for _ in 0..<10_000 {
            guard instructions.indices.contains(next) else { return nil }
            let instruction = instructions[next]
            let (to, from) = (Int(instruction >> 8 & 0xf), Int(instruction >> 12 & 0xf))
            let skip = Int(Int16(truncatingIfNeeded: instruction >> 16))
            let value = UInt32(truncatingIfNeeded: instruction >> 32)
            next += 1
            switch instruction & 0xff {
            case 0x61: registers[to] = context[skip / 4]
            case 0xbc: registers[to] = registers[from]
            case 0xb4: registers[to] = value
            case 0x54: registers[to] &= value
            case 0x74: registers[to] >>= value
            case 0x56: if registers[to] != value { next += skip }
            case 0x95: return registers[0]
            default: return nil
            }
        }
        return nil
    }
}
