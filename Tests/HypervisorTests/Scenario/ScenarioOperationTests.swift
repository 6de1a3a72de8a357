import Flask
import Foundation
import TestSupport
import Testing

@testable import Hypervisor

/// What a policy's author can try: every operation of scenarios works, and which permissions they ask for.
@Suite struct ScenarioOperationTests {
    private struct Run {
        var text = ScenarioOperationSample.text
        var change: @Sendable (inout Hypervisor.Configuration) -> Void = { _ in }

        func outcomes(_ policy: ReleasePolicy, isPermissive: Bool = false) throws -> [ScenarioOutcome] {
            let (scenario, mistakes) = Scenario.parse(text)
            #expect(mistakes == [])
            var configuration = Hypervisor.Configuration(vocabulary: policy.vocabulary)
            configuration.commandLine = ScenarioOperationSample.commandLine
            if isPermissive { configuration.bootMode = .permissive }
            change(&configuration)
            var runner = try ScenarioRunner(configuration, policy: policy.image())
            return runner.run(scenario)
        }
    }

    private static let runs = [
        Run(),
        Run(text: ScenarioOperationSample.ofOtherMachines) { $0.hasIOMMU = false },
        Run(text: ScenarioOperationSample.ofOtherMachines) { $0.remapsInterrupts = false },
        Run(text: ScenarioOperationSample.ofStrictMachines) { $0.isStrict = true },
    ]

    @Test func eachIsDoneWhereEverythingIsAllowed() throws {
        for run in Self.runs {
            for outcome in try run.outcomes(Lab.policy()) {
                #expect(outcome.isAsExpected, "\(outcome.step.text): \(outcome.actual)")
                #expect(outcome.missingRules == [])
            }
        }
        let used = Set(
            ScenarioOperationSample.text.split(separator: "\n").compactMap { $0.split(separator: " ").dropFirst().first })
        for operation in ScenarioOperation.all { #expect(used.contains(Substring(operation.name)), "\(operation.name)") }
        #expect(Set(ScenarioOperation.all.map(\.name)).count == ScenarioOperation.all.count)
    }

    /// Permissions that operations ask for: what hooks are told, and what the log of a permissive machine tells of Flask's own
    /// operations, which no hook asks about.
    private static func asked() throws -> Set<String> {
        var asked: Set<String> = []
        for run in runs {
            for question in try run.outcomes(Lab.policy()).flatMap(\.questions) {
                for permission in question.permissions { asked.insert("\(question.objectClass):\(permission)") }
            }
            for line in try run.outcomes(Lab.policy(only: []), isPermissive: true).flatMap(\.messages) {
                guard let record = AuditForm.read(Array(line.utf8))?.record else { continue }
                for permission in record.permissions { asked.insert("\(record.objectClass):\(permission)") }
            }
        }
        return asked
    }

    /// What no operation of scenarios asks for is named here, with why.
    static let leftOut: [String: String] = [:]

    @Test func theCountOfPermissionsIsTold() throws {
        let asked = try Self.asked()
        let tested = PermissionTests.reached
        let missing = tested.subtracting(asked).sorted()
        print(
            "permissions that scenarios reach: \(tested.count - missing.count) of the \(tested.count) that have a test of their own"
        )
        for permission in missing { print("  not \(permission): \(Self.leftOut[permission] ?? "nobody knows why")") }
        #expect(missing == Self.leftOut.keys.sorted())
        #expect(asked.subtracting(tested) == [])
    }

    /// Without a permission the first step that needs it is denied, and the rule that it names is what it needs.
    @Test func theRuleThatIsMissingIsNamed() throws {
        for permission in [
            "event:bind", "grant:copy", "hvm:dm", "mmu:map_read", "resource:add_device", "argo:send", "security:setbool",
        ] {
            let words = permission.split(separator: ":")
            let outcomes = try Run().outcomes(Lab.policy(without: [permission]))
            let denied = try #require(outcomes.first { $0.actual.hasPrefix("denied \(words[0])") }, "\(permission)")
            let rule = try #require(denied.missingRules.first)
            #expect(rule.hasPrefix("allow ") && rule.hasSuffix(":\(words[0]) \(words[1]);"), "\(rule)")
        }
    }

    @Test func whatIsGivenHasAName() throws {
        func outcomes(_ lines: String..., without missing: [String] = []) throws -> [String] {
            try Run(text: "domain a system_u:system_r:guest hvm\n" + lines.joined(separator: "\n"))
                .outcomes(Lab.policy(without: missing)).dropFirst().map(\.actual)
        }
        #expect(
            try outcomes(
                "dom0: evtchn_alloc_unbound a => allowed as one", "dom0: evtchn_alloc_unbound a => allowed as two",
                "a: evtchn_bind_interdomain dom0 two => allowed", "a: evtchn_bind_interdomain dom0 two => fails EINVAL",
                "a: evtchn_bind_interdomain dom0 one => allowed")
                == ["allowed", "allowed", "allowed", "fails EINVAL", "allowed"])
        #expect(
            try outcomes(
                "a: gnttab_grant_access dom0 1 => allowed as page", "dom0: gnttab_map_grant_ref a 99999 => allowed as it")
                == ["allowed", "fails GNTST_bad_gntref"])
        // What was denied gave nothing, which is said where it is missed.
        #expect(
            try outcomes(
                "dom0: evtchn_alloc_unbound a => allowed as one", "dom0: evtchn_send one => allowed", without: ["event:create"])
                == ["denied event create", "impossible: `one` was not given: what was to give it did not"])
        #expect(
            try outcomes("dom0: createdomain system_u:system_r:other => allowed as b", "dom0: pausedomain b => allowed")
                == ["allowed", "allowed"])
    }

    @Test(arguments: [
        ("dom0: evtchn_sent 1 => allowed", "there is no operation `evtchn_sent`: did you mean `evtchn_send`?"),
        ("dom0: ioreq_server => allowed", "there is no operation `ioreq_server`: did you mean `create_ioreq_server`?"),
        ("dom0: xyzzy => allowed", "there is no operation `xyzzy`"),
        ("dom0: evtchn_send port => allowed", "`port` is no number, and nothing was given that name"),
        (
            "dom0: evtchn_bind_virq 3 => allowed as one\ndom0: evtchn_send two => allowed",
            "`two` is no number, and nothing was given that name: there are `one`"
        ),
        ("dom0: physinfo => allowed as x", "`physinfo` gives nothing that could have a name"),
        ("dom0: evtchn_bind_virq 3 => allowed as 0x3", "`0x3` is a number, and no name for one"),
        ("dom0: evtchn_bind_virq 3 => allowed as dom0", "there is a domain `dom0` already"),
        ("dom0: ioport_permission dom0 9-3 add => allowed", "`9-3` is no range, as `0x3f8-0x3ff` is"),
        ("dom0: ioport_permission dom0 3 take => allowed", "`take` is not one of `add`, `remove`"),
        ("dom0: pci_device_add 01:20.0 => allowed", "`01:20.0` is no PCI device, as `0000:01:00.0` is"),
    ]) func mistakesSayWhatIsRight(_ text: String, _ message: String) {
        #expect(Scenario.parse(text).mistakes.map(\.message) == [message])
    }

    @Test func devicesAndRangesAreRead() {
        #expect(ScenarioOperation.device("0000:01:00.0") == 0x100)
        #expect(ScenarioOperation.device("01:1f.7") == 0x1ff)
        #expect(ScenarioOperation.device("ffff:ff:1f.7") == 0xffff_ffff)
        for wrong in ["", ":", "1", "01:00", "01:00.8", "01:20.0", "1:2:3:4.0", "g:0.0", "01:00.0.0"] {
            #expect(ScenarioOperation.device(wrong) == nil, "\(wrong)")
        }
        #expect(ScenarioOperation.range("0x10-0x1f") == 16...31)
        #expect(ScenarioOperation.range("7") == 7...7)
        for wrong in ["", "-", "1-", "-1", "2-1", "0-0xffffffffffffffff", "1-2-3"] {
            #expect(ScenarioOperation.range(wrong) == nil, "\(wrong)")
        }
    }

    /// Operations with any arguments never trap.
    @Test func anyArgumentsAreTaken() throws {
        var random = SplitMix64(seed: RandomTest.seed())
        let policy = Lab.policy()
        let numbers = ["0", "1", "7", "0x7ff0", "65535", "0xffffffff", "0x100000000", "0x7fffffffffffffff", "0xffffffffffffffff"]
        for _ in 0..<4 {
            var lines = ["domain a system_u:system_r:guest hvm iommu", "domain b system_u:system_r:other"]
            for operation in ScenarioOperation.all.shuffled(using: &random) {
                let words = operation.parameters.map { parameter in
                    switch parameter.kind {
                    case .domain: ["a", "b", "dom0"].randomElement(using: &random) ?? "a"
                    case .number: numbers.randomElement(using: &random) ?? "0"
                    case .range:
                        ["0", "0xffffffffffffffff", "0xfffffffffffffff0-0xffffffffffffffff", "1-0x1000"].randomElement(
                            using: &random) ?? "0"
                    case .device: ["00:00.0", "ffff:ff:1f.7", "01:00.0"].randomElement(using: &random) ?? "00:00.0"
                    case .text: ["x", "system_u:system_r:guest", "/params"].randomElement(using: &random) ?? "x"
                    case .choice(let choices): choices.keys.sorted().randomElement(using: &random) ?? ""
                    }
                }
                let actor = ["a", "b", "dom0"].randomElement(using: &random) ?? "a"
                lines.append("\(actor): \(([operation.name] + words).joined(separator: " ")) => allowed")
            }
            _ = try Run(text: lines.joined(separator: "\n")).outcomes(policy)
        }
    }

    /// The page about scenarios lists what the tool lists.
    @Test func thePageListsEveryOperation() throws {
        let hypervisor = try #require(BuiltPackage.hypervisor)
        let listed = try ProcessResult.run(hypervisor, ["scenario", "--operations"])
        let page = try String(
            contentsOf: BuiltPackage.repository.appendingPathComponent("Documentation/scenarios.md"), encoding: .utf8)
        #expect(
            page.contains("```\n\(listed.text)```\n"),
            "the list in Documentation/scenarios.md is not that of `xsm-hypervisor scenario --operations`: scripts/generate-scenario-operations"
        )
    }
}
