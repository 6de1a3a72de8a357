import Foundation
import TestSupport
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
        (host.landlockVersion, host.canForbidProgramsInMemory) = (7, true)
        return host
    }

    @Test func everythingIsInThePlan() throws {
        let plan = try RestrictionPlan(for: request, on: host)
        #expect(
            plan.steps.map(\.name) == [
                "session", "oom-score", "memory-programs", "limits", "root", "umask", "groups", "bounding-set", "securebits", "user",
                "parent-death", "capabilities", "no-new-privileges", "descriptors", "landlock", "seccomp",
            ])
        #expect(plan.namespaces.names == ["mnt", "cgroup", "uts", "ipc", "pid", "net"])
        #expect(plan.environment == [:])
        #expect(plan.waivers == [] && plan.covered == [])
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
        request.waivers = [
            .init("landlock", because: "an old kernel"), .init("seccomp", because: "no profile"), .init("memory-programs", because: "it is older"),
        ]
        request.filter = nil
        let plan = try RestrictionPlan(for: request, on: HostAbilities())
        #expect(!plan.steps.map(\.name).contains("landlock"))
        #expect(!plan.steps.map(\.name).contains("memory-programs"))
        #expect(plan.waivers.map(\.step) == ["landlock", "seccomp", "memory-programs"])
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
        var old = host
        old.landlockVersion = nil
        #expect(mistake({ _ in }, on: old) == .cannot(step: "landlock", reason: "the kernel has no Landlock"))
        #expect(mistake { $0.executionLabel = "a:b:c" } == .cannot(step: "selinux", reason: "SELinux is not active"))
    }

    /// What a kernel before 6.3 does not have is done by the filter, where it does that wholly; else it is waived by name, or there is no plan.
    @Test func programsInMemoryAreForbiddenCoveredOrWaived() throws {
        var old = host
        old.canForbidProgramsInMemory = false
        let text = "[start]\nmemfd_create # a test\n[running]\nexecve # a test\n"
        func filter(_ more: String, otherwise: FilterAction = .killProcess) throws -> SystemCallFilter {
            try SystemCallProfile(name: "p", text: Array((text + more).utf8)).filter(.start, otherwise: otherwise)
        }
        var request = request
        let refused = PlanMistake.cannot(
            step: "memory-programs",
            reason: "the kernel has no `vm.memfd_noexec` (Linux 6.3), and no filter refuses `execveat` or `memfd_create`")
        // One that lets all be done; one that only logs; one that has both calls; none, and no tree.
        #expect(throws: refused) { try RestrictionPlan(for: request, on: old) }
        for filter in [try filter("", otherwise: .log), try filter("execveat: arg4 == 0x1000 # a test\n")] {
            request.filter = filter
            #expect(throws: refused) { try RestrictionPlan(for: request, on: old) }
        }
        request.filter = try filter("")
        for step in ["seccomp", "root"] {
            request.waivers = [.init(step, because: "a test")]
            #expect(throws: refused) { try RestrictionPlan(for: request, on: old) }
        }
        request.waivers = []

        for otherwise in [FilterAction.killProcess, .error(1)] {
            request.filter = try filter("", otherwise: otherwise)
            let plan = try RestrictionPlan(for: request, on: old)
            #expect(!plan.steps.map(\.name).contains("memory-programs") && plan.waivers.isEmpty)
            #expect(plan.covered == [.init("memory-programs", by: "seccomp", because: "the filter of `p` lets no `execveat` be done")])
            #expect(try RestrictionPlan(json: plan.json) == plan)
        }
        // A kernel that has it is left no choice.
        #expect(try RestrictionPlan(for: request, on: host).covered.isEmpty)
        request.waivers = [.init("memory-programs", because: "a test")]
        #expect(try RestrictionPlan(for: request, on: old).waivers == request.waivers)
        // Who is traced is not restricted by its filter, and that is said.
        request.waivers = []
        request.isTraced = true
        #expect(try RestrictionPlan(for: request, on: old).waivers.map(\.step) == ["memory-programs", "seccomp"])
    }

    /// What is shipped stands for it.
    @Test(arguments: ["minimal", "qemu-xen"]) func theShippedFiltersRunNothingWithoutAPath(_ name: String) throws {
        let text = try Data(contentsOf: BuiltPackage.repository.appendingPathComponent("Policies/devices/x86_64/\(name).policy"))
        let profile = try SystemCallProfile(name: name, text: Array(text))
        for phase in SystemCallProfile.Phase.allCases {
            let evaluation = try FilterEvaluation(profile.filter(phase).program)
            #expect(evaluation.refuses("execveat"))
            #expect(evaluation.refuses("memfd_create") == (name == "minimal" || phase == .running))
            #expect(!evaluation.refuses("write"))
        }
    }
}
