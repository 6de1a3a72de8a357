import JSON
import TestSupport
import Testing

@testable import DMRestrict

/// A plan that is stored is the plan that is read, and what is no plan is told by its place.
@Suite struct PlanTextTests {
    private func plan() throws -> RestrictionPlan {
        var request = LaunchRequest(name: "test", program: "/usr/bin/true", uid: 1_310_721, gid: 1_310_722)
        request.arguments = ["-a", "\u{1}\"é\\"]
        request.environment = ["B": "2", "A": "="]
        request.bindings = [.init("/usr/lib", isExecutable: true), .init("/data", at: "/mnt", isWritable: true), .init("/dev/null", isDevice: true)]
        request.descriptors = [.init(0, "input"), .init(5, "gate", link: "socket:")]
        request.controlGroups = ["/sys/fs/cgroup/x"]
        request.executionLabel = "a:b:c:s0"
        request.limits.append(ResourceLimit(.addressSpace, .max))
        let filter = SystemCallFilter(
            profile: "p", program: [FilterInstruction(code: 0x15, ifTrue: 255, ifFalse: 1, operand: .max), FilterInstruction(code: 6, operand: 0)])
        request.filter = filter
        request.gate = Gate(library: "/run/gate.so", descriptor: 5, filter: filter)
        request.waivers = [.init("umask", because: "a test")]
        request.usesUserNamespace = true
        var host = HostAbilities()
        (host.landlockVersion, host.hasSELinux, host.canForbidProgramsInMemory) = (7, true, true)
        return try RestrictionPlan(for: request, on: host)
    }

    @Test func whatIsStoredIsRead() throws {
        let plan = try plan()
        let bytes = plan.json.bytes(indented: true)
        #expect(try RestrictionPlan(json: JSONValue(parsing: bytes)) == plan)
        let record = LaunchRecord(process: 77, start: .max, plan: plan)
        #expect(try LaunchRecord(json: JSONValue(parsing: record.json.bytes())) == record)
    }

    /// Each member is taken away, and made something else, alone.
    @Test func nothingMayBeMissingOrSomethingElse() throws {
        func changes(_ value: JSONValue, _ name: String = "") -> [(JSONValue, String)] {
            switch value {
            case .object(let object):
                return object.members.flatMap { member in
                    changes(member.value, member.name).map { changed in
                        var copy = object
                        copy[member.name] = changed.0
                        return (.object(copy), changed.1)
                    } + [
                        (.object(JSONObject(object.members.filter { $0.name != member.name })), member.name),
                    ]
                }
            case .array(let elements):
                return elements.indices.flatMap { index in
                    changes(elements[index], name).map { changed in
                        var copy = elements
                        copy[index] = changed.0
                        return (.array(copy), changed.1)
                    }
                } + [(.boolean(true), name)]
            default: return [(.array([]), name)]
            }
        }
        let value = try plan().json
        let all = changes(value)
        #expect(all.count > 150)
        // What a plan may lack: variables, and what may be null, a descriptor's link and what a filter does.
        for (changed, name) in all where !["link", "refusal", "A", "B", "LD_PRELOAD", "XSM_GATE"].contains(name) {
            #expect(throws: PlanTextMistake.self, "\(name)") { try RestrictionPlan(json: changed) }
        }
    }

    @Test(arguments: [("log", FilterAction.log), ("error 1", .error(1)), ("error 4095", .error(4_095))])
    func whatAFilterDoesToOthersIsStored(_ text: String, _ refusal: FilterAction) throws {
        var plan = try plan()
        let filter = SystemCallFilter(profile: "p", program: [FilterInstruction(code: 6, operand: 0)], refusal: refusal)
        plan.steps = [.systemCalls(filter)]
        let json = plan.json
        #expect(json["steps"]?.array?.first?["refusal"]?.string == text)
        #expect(try RestrictionPlan(json: json) == plan)
        for other in ["", "kill", "error", "error 0", "error 4096", "error 1 ", "error -1", "notify"] {
            let changed = String(decoding: json.bytes(), as: UTF8.self).replacing("\"\(text)\"", with: "\"\(other)\"")
            #expect(throws: PlanTextMistake.self, "\(other)") { try RestrictionPlan(json: JSONValue(parsing: Array(changed.utf8))) }
        }
    }

    @Test func anyValueIsAPlanOrAMistake() throws {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        let bytes = try plan().json.bytes()
        for _ in 0..<500 {
            var copy = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                copy[Int.random(in: copy.indices, using: &random)] = UInt8.random(in: 32...126, using: &random)
            }
            guard let value = try? JSONValue(parsing: copy), let plan = try? RestrictionPlan(json: value) else { continue }
            #expect(try RestrictionPlan(json: JSONValue(parsing: plan.json.bytes())) == plan, "seed \(seed)")
        }
    }

    @Test func theStartOfAProcessIsInItsStatus() {
        let words = (3...52).map { "\($0)" }.joined(separator: " ")
        #expect(LaunchRecord.start(inStatus: "7 (a) b) 1 (c) " + words) == 22)
        #expect(LaunchRecord.start(inStatus: "7 (a) 3 4") == nil)
        #expect(LaunchRecord.start(inStatus: "") == nil)
    }
}
