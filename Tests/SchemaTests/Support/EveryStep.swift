import Testing

@testable import DMRestrict

/// A plan that has each step in each of its forms, as no host would make it.
enum EveryStep {
    static var plan: RestrictionPlan {
        get throws {
            let filter = SystemCallFilter(profile: "p", program: [FilterInstruction(code: 6, operand: 0)])
            let failing = SystemCallFilter(profile: "p", program: [FilterInstruction(code: 6, operand: 0)], refusal: .error(1))
            let group = OwnControlGroup(
                path: OwnControlGroup.parent + "/p",
                [
                    ControlGroupLimit(.memory(1 << 30), in: ControlGroupPlace(.two, "/sys/fs/cgroup")),
                    ControlGroupLimit(.processor(500), in: ControlGroupPlace(.one, "/sys/fs/cgroup/cpu")),
                    ControlGroupLimit(.processes(16), in: ControlGroupPlace(.one, "/sys/fs/cgroup/pids")),
                    ControlGroupLimit(.devices([try #require(DeviceRule(text: "c 1:3 rw"))]), in: ControlGroupPlace(.one, "/sys/fs/cgroup/devices")),
                ])
            var plan = RestrictionPlan(
                name: "p", program: "/bin/true", arguments: ["-a"], namespaces: [.user, .mount, .network],
                steps: [
                    .newSession, .dieWithLauncher, .noProgramsInMemory, .noSupplementaryGroups, .emptyBoundingSet, .lockedSecureBits,
                    .noCapabilities, .noNewPrivileges, .notDumpable, .fileModeMask(0o77), .outOfMemoryScore(500), .controlGroups(["/sys/fs/cgroup/p"]), .ownControlGroup(group),
                    .limits(ResourceLimit.Resource.allCases.map { ResourceLimit($0, .max) }), .root(RootTree([.init("/usr", isExecutable: true)])),
                    .descriptors([.init(0, "input"), .init(5, "gate", link: "socket:")]),
                    .landlock([LandlockRule("/a", .read), LandlockRule("/b", .readAndExecute), LandlockRule("/c", .readAndWrite)]),
                    .user(uid: 70_000, gid: 70_001), .executionLabel("a:b:c:s0"), .systemCalls(filter), .tracedSystemCalls(failing),
                    .servingSystemCalls(filter),
                ])
            plan.environment = ["A": "b"]
            plan.waivers = [RestrictionPlan.Waiver("umask", because: "a test")]
            plan.covered = [RestrictionPlan.Covered("landlock", by: "root", because: "this kernel has none")]
            return plan
        }
    }

    static var record: LaunchRecord {
        get throws {
            var record = LaunchRecord(process: 77, start: .max, domain: 1, plan: try plan)
            record.handedOver = ["/images/cd.iso"]
            return record
        }
    }
}
