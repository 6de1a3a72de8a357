import Testing

@testable import DMRestrict

/// A plan is complete, in an order that works, or there is none.
@Suite struct PlanTests {
    private var request: LaunchRequest {
        var request = LaunchRequest(name: "test", program: "/usr/bin/true", uid: 1_310_721, gid: 1_310_721)
        request.bindings = [.init("/usr/lib", isExecutable: true), .init("/data", at: "/mnt", isWritable: true)]
        request.descriptors = [.init(0, "input"), .init(5, "door")]
        request.filter = SystemCallFilter(profile: "none", program: [FilterInstruction(code: 6, operand: 0x7fff_0000)])
        return request
    }

    private var host: HostAbilities {
        var host = HostAbilities()
        host.landlockVersion = 7
        return host
    }

    @Test func everythingIsInThePlan() throws {
        let plan = try RestrictionPlan(for: request, on: host)
        #expect(
            plan.steps.map(\.name) == [
                "session", "oom-score", "limits", "root", "umask", "groups", "bounding-set", "securebits", "user",
                "parent-death", "capabilities", "no-new-privileges", "descriptors", "landlock", "seccomp",
            ])
        #expect(plan.namespaces.names == ["mnt", "cgroup", "uts", "ipc", "pid", "net"])
        #expect(plan.environment == [:])
        #expect(plan.waivers == [])
    }

    /// Each needs what a later one takes away, or is undone by an earlier one.
    @Test func theOrderIsOneThatWorks() throws {
        let names = try RestrictionPlan(for: request, on: host).steps.map(\.name)
        for (first, second) in [
            ("oom-score", "root"), ("root", "umask"), ("root", "descriptors"), ("bounding-set", "user"), ("securebits", "user"),
            ("groups", "user"), ("user", "parent-death"), ("user", "capabilities"), ("no-new-privileges", "landlock"),
            ("no-new-privileges", "seccomp"), ("landlock", "seccomp"),
        ] {
            let (one, other) = (names.firstIndex(of: first), names.firstIndex(of: second))
            #expect(one ?? .max < other ?? .min, "\(first) before \(second)")
        }
    }

    /// Under its label it is not allowed to do most steps; and another step closes the descriptor by which it is given one.
    @Test func theLabelComesBeforeDescriptorsAndAfterAllElse() throws {
        var request = request
        request.executionLabel = "a:b:c"
        var host = host
        host.hasSELinux = true
        let names = try RestrictionPlan(for: request, on: host).steps.map(\.name)
        #expect(names.suffix(4) == ["selinux", "descriptors", "landlock", "seccomp"])
    }

    @Test func whatIsWaivedIsToldForEver() throws {
        var request = request
        request.waivers = [.init("landlock", because: "an old kernel"), .init("seccomp", because: "no profile")]
        request.filter = nil
        let plan = try RestrictionPlan(for: request, on: HostAbilities())
        #expect(!plan.steps.map(\.name).contains("landlock"))
        #expect(plan.waivers.map(\.step) == ["landlock", "seccomp"])
        #expect(plan.waivers.first?.reason == "an old kernel")
    }

    @Test func thereIsNoPlanForWhatCannotBe() {
        func mistake(_ change: (inout LaunchRequest) -> Void, on host: HostAbilities? = nil) -> PlanMistake? {
            var request = request
            change(&request)
            do throws(PlanMistake) {
                _ = try RestrictionPlan(for: request, on: host ?? self.host)
                return nil
            } catch {
                return error
            }
        }
        #expect(mistake { $0.uid = 0 } == .isRoot)
        #expect(mistake { $0.gid = 0 } == .isRoot)
        for path in ["", "usr", "/", "/a/../b", "/a//b", "/a/.", "/a\0"] {
            #expect(mistake { $0.bindings.append(.init(path)) } == .badPath(path))
            #expect(mistake { $0.program = path } == .badPath(path))
        }
        #expect(mistake { $0.descriptors.append(.init(5, "again")) } == .badDescriptor(5))
        #expect(mistake { $0.descriptors.append(.init(-1, "none")) } == .badDescriptor(-1))
        #expect(mistake { $0.waivers = [.init("chroot", because: "x")] } == .unknownStep("chroot"))
        #expect(mistake { $0.filter = nil } == .noFilter)
        #expect(mistake({ _ in }, on: HostAbilities()) == .cannot(step: "landlock", reason: "the kernel has no Landlock"))
        #expect(mistake { $0.executionLabel = "a:b:c" } == .cannot(step: "selinux", reason: "SELinux is not active"))
    }
}
