import Flask
import TestSupport
import Testing

@testable import Hypervisor

/// Every permission that an operation asks for is one that decides: without it alone the operation is denied, says so in Xen's
/// words and returns Xen's number, and with nothing but what the table names it is done.
@Suite struct PermissionTests {
    static let cases: [PermissionCase] =
        DomainControlCases.all + SystemControlCases.all + VersionCases.all + DomainSettingsCases.all + ResourceCases.all
        + MachineControlCases.all + PlatformCases.all + DeviceCases.all + ArgoCases.all + SecurityCases.all
        + EventChannelCases.all + DeviceModelCases.all + MemoryCases.all + GrantCases.all

    @Test(arguments: cases) func isDeniedWithoutEachOfThem(_ testCase: PermissionCase) throws {
        for need in testCase.needs {
            for permission in need.permissions {
                let lab = try Lab(nil, testCase.configure)
                try testCase.prepare(lab)
                try lab.load(Lab.policy(without: ["\(need.objectClass):\(permission)"]))
                let result = try testCase.run(lab)
                // Permissions that are asked for at once are told of one by one: the one that is missing.
                var told = need
                told = .init(told, only: permission)
                #expect(result == need.error, "\(testCase.name) without \(permission)")
                #expect(lab.takeLines().filter { $0.hasPrefix("avc:  denied") }.first == told.line, "\(testCase.name)")
            }
        }
    }

    @Test(arguments: cases) func isDoneWithThemAlone(_ testCase: PermissionCase) throws {
        let lab = try Lab(nil, testCase.configure)
        try testCase.prepare(lab)
        try lab.load(Lab.policy(only: testCase.needs.map(\.grant)))
        let result = try testCase.run(lab)
        #expect(testCase.succeeds(result), "\(testCase.name) returned \(result)")
        #expect(lab.takeLines().filter { $0.hasPrefix("avc:") } == [])
    }

    /// Each permission that has a test, as `class:permission`.
    static let reached = Set(
        cases.flatMap { $0.needs.flatMap { need in need.permissions.map { "\(need.objectClass):\($0)" } } }
            + VersionTests.questions.map { "version:\($0.permission)" })

    /// What no test reaches is named here, with why.
    @Test func theCountIsTold() throws {
        let reached = Self.reached
        let vocabulary = Vocabulary(of: XenRelease("4.17")!)!
        let all = vocabulary.classes.flatMap { objectClass in objectClass.permissions.map { "\(objectClass.name):\($0)" } }
        let unreached = all.filter { !reached.contains($0) }
        print("permissions with a test of their own: \(all.count - unreached.count) of \(all.count)")
        #expect(reached.isSubset(of: all))
        #expect(unreached == all.filter { Self.neverAsked[$0] != nil })
    }

    /// Permissions that no hypercall of 4.17 asks for.
    static let neverAsked = [
        "domain2:create_hardware_domain": "asked at boot only, where `hardware_dom=` names a domain that is not the first"
    ]
}

extension PermissionCase.Need {
    init(_ need: Self, only permission: String) {
        self.init(
            need.source, need.target, need.objectClass, permission, for: need.subject, error: need.error, isObject: need.isObject,
            isObjectSource: need.isObjectSource)
    }
}
