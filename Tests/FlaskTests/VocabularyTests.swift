import Flask
import Testing

@Suite("The vocabulary of each Xen release")
struct VocabularyTests {
    @Test("sizes are those of Xen's own sources", arguments: [
        ("4.0", 9, 113, 11), ("4.2", 9, 131, 10), ("4.6", 11, 165, 12), ("4.17", 13, 175, 13), ("4.22", 13, 177, 13),
    ])
    func sizes(release: String, classes: Int, permissions: Int, initialSIDs: Int) throws {
        let known = try #require(XenRelease(release))
        let vocabulary = try #require(Vocabulary(of: known))
        #expect(vocabulary.classes.count == classes)
        #expect(vocabulary.classes.reduce(0) { $0 + $1.permissions.count } == permissions)
        #expect(vocabulary.initialSIDs.count == initialSIDs)
    }

    @Test("releases are 4.0 to 4.22, and their policy version changes at 4.6")
    func releases() {
        #expect(XenRelease.all.count == 23)
        #expect(XenRelease.all == XenRelease.all.sorted())
        #expect(XenRelease("4.5")?.policyVersion == 24)
        #expect(XenRelease("4.6")?.policyVersion == 30)
        #expect(XenRelease("4.17.3")?.description == "4.17")
        #expect(XenRelease("4.99") == nil)
        #expect(XenRelease("4") == nil)
    }

    @Test("numbers count from 1 in the hypervisor's order")
    func numbers() throws {
        let vocabulary = try #require(Vocabulary(of: XenRelease.newest))
        #expect(vocabulary.objectClass(named: "xen")?.number == 1)
        #expect(vocabulary.objectClass(named: "argo")?.number == 13)
        #expect(vocabulary.objectClass(named: "argo")?.objectClass.permissions.first == "enable")
        #expect(vocabulary.objectClass(named: "file") == nil)
    }
}
