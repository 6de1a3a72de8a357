import Testing

@testable import DMRestrict

/// What is not as planned is found, layer by layer: each fact is changed alone, and one layer alone complains.
@Suite struct AuditTests {
    private static let status = """
        Name:\ttrue
        Umask:\t0077
        Uid:\t1310721\t1310721\t1310721\t1310721
        Gid:\t1310721\t1310721\t1310721\t1310721
        Groups:\t
        CapInh:\t0000000000000000
        CapPrm:\t0000000000000000
        CapEff:\t0000000000000000
        CapBnd:\t0000000000000000
        CapAmb:\t0000000000000000
        NoNewPrivs:\t1
        Seccomp:\t2
        Seccomp_filters:\t1

        """

    private let filter = SystemCallFilter(profile: "p", program: [FilterInstruction(code: 6, operand: 0x7fff_0000)])

    private func plan() throws -> RestrictionPlan {
        var request = LaunchRequest(name: "test", program: "/usr/bin/true", uid: 1_310_721, gid: 1_310_721)
        request.bindings = [.init("/usr/lib", isExecutable: true)]
        request.descriptors = [.init(0, "input", link: "/dev/null")]
        request.limits = [ResourceLimit(.core, 0)]
        request.filter = filter
        request.executionLabel = "system_u:system_r:xsm_device_model_t:s0:c1,c2"
        request.controlGroups = ["/sys/fs/cgroup/xsm/1"]
        request.waivers = [.init("memory-programs", because: "a test")]
        var host = HostAbilities()
        host.hasSELinux = true
        (host.landlockVersion, host.canForbidProgramsInMemory) = (7, false)
        return try RestrictionPlan(for: request, on: host)
    }

    private func facts() throws -> ProcessFacts {
        var facts = ProcessFacts()
        facts.tasks = [try #require(TaskFacts(number: 10, status: Self.status)), try #require(TaskFacts(number: 11, status: Self.status))]
        for name in Namespaces.all.names {
            facts.namespaces[name] = "\(name):[2]"
            facts.hostNamespaces[name] = "\(name):[1]"
        }
        facts.read(limits: "Limit                     Soft Limit           Hard Limit           Units\nMax core file size        0                    0                    bytes\n")
        facts.read(
            mounts: "30 29 0:5 / / ro,nosuid,nodev,noexec - tmpfs root rw\n31 30 0:6 /usr/lib /usr/lib ro,nosuid,nodev - ext4 /dev/sda rw\n")
        facts.descriptors = [0: "/dev/null", 7: "socket:[1]"]
        facts.outOfMemoryScore = 500
        facts.read(status: "10 (a (b) c) S 1 10 10 0 -1", of: 10)
        facts.filters = [10: [filter.program], 11: [filter.program]]
        facts.interfaces = ["lo"]
        facts.label = "system_u:system_r:xsm_device_model_t:s0:c1,c2"
        facts.controlGroups = ["": "/xsm/1"]
        return facts
    }

    @Test func whatIsAsPlannedIsFoundSo() throws {
        #expect(try plan().audit(facts()).filter { !$0.isAsPlanned } == [])
    }

    @Test func eachDifferenceIsFoundInItsLayer() throws {
        let changes: [(String, (inout ProcessFacts) -> Void)] = [
            ("namespaces", { $0.namespaces["net"] = "net:[1]" }), ("namespaces", { $0.namespaces["pid"] = nil }),
            ("limits", { $0.limits["Max core file size"] = ["0", "unlimited"] }), ("limits", { $0.limits = [:] }),
            ("root", { $0.mounts["/"]?.remove("ro") }), ("root", { $0.mounts["/usr/lib"] = nil }),
            ("root", { $0.mounts["/etc"] = ["ro"] }), ("descriptors", { $0.descriptors[5] = "/etc/shadow" }),
            ("session", { $0.leadsSession = false }), ("session", { $0.leadsSession = nil }), ("session", { $0.terminal = 34_816 }),
            ("session", { $0.terminal = nil }), ("oom-score", { $0.outOfMemoryScore = 0 }), ("seccomp", { $0.filters[11] = [] }), ("seccomp", { $0.filters = [:] }),
            ("selinux", { $0.label = "system_u:system_r:xsm_device_model_t:s0:c1,c3" }), ("selinux", { $0.label = nil }),
            ("selinux", { $0.label = "unconfined" }), ("cgroup", { $0.controlGroups = ["": "/xsm/2"] }),
            ("cgroup", { $0.controlGroups = ["": "/"] }), ("environment", { $0.environment = ["HOME": "/root"] }), ("process", { $0.tasks = [] }),
            ("reach", { $0.interfaces = ["lo", "eth0"] }), ("reach", { $0.interfaces = nil }), ("reach", { $0.othersOfUser = [77] }),
        ]
        for (layer, change) in changes {
            var facts = try facts()
            change(&facts)
            let layers = Set(try plan().audit(facts).filter { !$0.isAsPlanned }.map(\.layer))
            #expect(layers == [layer], "\(layer)")
        }
    }

    /// Later it may have opened what lies in its tree, and copied what it was passed; nothing else of the host's.
    @Test func laterDescriptorsLeadNowhereElse() throws {
        for link in ["socket:[9]", "anon_inode:[eventfd]", "/memfd:x (deleted)", "/tree/usr/lib/x", "/usr/lib", "/dev/null"] {
            var facts = try facts()
            facts.descriptors[7] = link
            #expect(try plan().audit(facts).allSatisfy(\.isAsPlanned), "\(link)")
        }
        for link in ["/etc/shadow", "/tree/etc", "/usr/library", "/", "/dev/null2"] {
            var facts = try facts()
            facts.descriptors[7] = link
            #expect(try plan().audit(facts).filter { !$0.isAsPlanned }.map(\.layer) == ["descriptors"], "\(link)")
        }
    }

    /// At the start there is no other.
    @Test func descriptorsAtTheStartAreThePlansAndNoOthers() throws {
        for (descriptors, count) in [([0: "/dev/null"], 0), ([0: "/dev/null", 7: "socket:[1]"], 1), ([:], 1)] as [([Int32: String], Int)] {
            var facts = try facts()
            facts.descriptors = descriptors
            let findings = try plan().audit(facts, atStart: true).filter { !$0.isAsPlanned }
            #expect(findings.map(\.layer) == Array(repeating: "descriptors", count: count))
            #expect(try plan().audit(facts).allSatisfy(\.isAsPlanned))
        }
    }

    @Test func aKernelThatCountsNoFiltersIsNotAskedForTheirNumber() throws {
        var facts = try facts()
        facts.tasks[1] = try #require(TaskFacts(number: 11, status: Self.status.replacing("Seccomp_filters:\t1\n", with: "")))
        #expect(try plan().audit(facts).allSatisfy(\.isAsPlanned))
    }

    /// The first thread may be as planned, and another not.
    @Test func everyTaskIsLookedAt() throws {
        let changes: [(String, String, String)] = [
            ("user", "1310721\t1310721\n", "0\t1310721\n"), ("groups", "Groups:\t", "Groups:\t4 20"),
            ("capabilities", "CapEff:\t0000000000000000", "CapEff:\t0000000000000001"),
            ("capabilities", "CapAmb:\t0000000000000000", "CapAmb:\t0000000000000001"),
            ("bounding-set", "CapBnd:\t0000000000000000", "CapBnd:\t000001ffffffffff"),
            ("no-new-privileges", "NoNewPrivs:\t1", "NoNewPrivs:\t0"), ("seccomp", "Seccomp:\t2", "Seccomp:\t0"),
            ("seccomp", "Seccomp_filters:\t1", "Seccomp_filters:\t2"), ("seccomp", "Seccomp_filters:\t1", "Seccomp_filters:\t0"),
            ("umask", "Umask:\t0077", "Umask:\t0022"),
        ]
        for (layer, text, other) in changes {
            var facts = try facts()
            let status = Self.status.split(separator: text, maxSplits: 1, omittingEmptySubsequences: false).joined(separator: other)
            facts.tasks[1] = try #require(TaskFacts(number: 11, status: status))
            let findings = try plan().audit(facts).filter { !$0.isAsPlanned }
            #expect(Set(findings.map(\.layer)) == [layer], "\(layer)")
            #expect(findings.allSatisfy { $0.found.hasPrefix("task 11: ") }, "\(layer)")
        }
    }

    @Test func whatIsNoStatusIsNone() {
        #expect(TaskFacts(number: 1, status: "") == nil)
        for line in Self.status.split(separator: "\n") where !["Name", "Umask", "Groups", "Seccomp_filters"].contains(line.prefix { $0 != ":" }) {
            let rest = Self.status.split(separator: "\n").filter { $0 != line }.joined(separator: "\n")
            #expect(TaskFacts(number: 1, status: rest) == nil, "\(line)")
        }
    }
}
