import Flask
import Testing

struct VocabularyHistoryTests {
    private let history = VocabularyHistory.shared

    @Test(arguments: [
        ("domain", "getextvcpucontext", "until Xen 4.7"), ("domain", "create", "in all releases of Xen"),
        ("xen", "sched_op", "in Xen 4.2 only"), ("domain2", "set_cpuid", "from Xen 4.3 to 4.12"),
        ("domain2", "get_domain_state", "since Xen 4.21"), ("domain", "settime_", nil), ("nothing", "create", nil),
    ])
    func `Permissions come and go`(objectClass: String, permission: String, phrase: String?) {
        #expect(history.phrase(history.releases(withPermission: permission, of: objectClass)) == phrase)
    }

    @Test func `Classes and initial SIDs too`() {
        #expect(history.phrase(history.releases(withClass: "argo")) == "since Xen 4.12")
        #expect(history.phrase(history.releases(withInitialSID: "pirq")) == "until Xen 4.1")
        #expect(history.phrase(history.releases(withInitialSID: "xenboot")) == "since Xen 4.17")
        #expect(history.phrase(history.releases(withInitialSID: "domU")) == "in some releases of Xen")
        #expect(history.classes(withPermission: "getscheduler") == ["xen", "domain"])
    }

    @Test func `What was renamed`() {
        var renamed: [String] = []
        for release in XenRelease.all {
            for entry in Vocabulary(of: release)?.classes ?? [] {
                for permission in entry.permissions {
                    guard let new = history.successor(ofPermission: permission, of: entry.name) else { continue }
                    let line = "\(entry.name) \(permission) \(new.name) \(new.since)"
                    if !renamed.contains(line) { renamed.append(line) }
                }
            }
        }
        #expect(
            renamed == [
                "domain setvcpuaffinity setaffinity 4.3", "domain getvcpuaffinity getaffinity 4.3",
                "domain scheduler getscheduler 4.3", "domain2 set_cpuid set_cpu_policy 4.13",
                "xen2 psr_cat_op psr_alloc 4.11", "domain2 psr_cat_op psr_alloc 4.11", "xen2 gcov_op coverage_op 4.11",
            ])
    }
}
