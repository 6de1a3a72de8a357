import Foundation
import TestSupport
import Testing

@testable import Hypervisor

/// Scenarios: what is read, what is refused, and that what came is told from what was to come.
@Suite struct ScenarioTests {
    private func run(_ text: String, _ policy: ReleasePolicy = Lab.policy()) throws -> [ScenarioOutcome] {
        let (scenario, mistakes) = Scenario.parse(text)
        #expect(mistakes == [])
        var runner = try ScenarioRunner(Hypervisor.Configuration(vocabulary: policy.vocabulary), policy: policy.image())
        return runner.run(scenario)
    }

    @Test func whatIsAsExpectedAndWhatIsNot() throws {
        let policy = Lab.policy(without: ["domain:pause", "xen:readconsole"])
        let outcomes = try run(
            """
            # a comment
            domain a system_u:system_r:guest hvm  # and another
            dom0: pausedomain a    => denied domain pause
            dom0: pausedomain a    => denied
            dom0: pausedomain a    => allowed
            dom0: pausedomain a    => denied domain unpause
            dom0: pausedomain a    => fails EINVAL
            dom0: readconsole 1    => denied xen readconsole clearconsole
            dom0: readconsole 1    => denied xen readconsole
            dom0: max_vcpus a 5    => fails EINVAL
            dom0: max_vcpus a 5    => fails EPERM
            dom0: max_vcpus a 0x1  => allowed
            """, policy)
        #expect(outcomes.map(\.isAsExpected) == [true, true, true, false, false, false, false, true, true, false, true])
        #expect(outcomes[3].actual == "denied domain pause")
        #expect(outcomes[8].actual == "fails EINVAL")
        #expect(
            outcomes[1].messages == [
                "avc:  denied  { pause } for source=d0 target=d1 scontext=system_u:system_r:dom0 "
                    + "tcontext=system_u:system_r:guest tclass=domain"
            ])
        #expect(outcomes[1].questions.map(\.isGranted) == [false])
    }

    @Test func aDeviceModelSeesItsGuestUnderAnotherLabel() throws {
        let outcomes = try run(
            """
            domain a system_u:system_r:guest
            domain m system_u:system_r:stubdomain
            serves m a
            m: getdomaininfo a => allowed
            m: getdomaininfo m => allowed
            """)
        #expect(outcomes[3].questions.map(\.target) == ["system_u:system_r:guest_target"])
        #expect(outcomes[4].questions.map(\.target) == ["system_u:system_r:stubdomain"])
    }

    @Test func unknownLabelsAndBooleansAreImpossible() throws {
        let outcomes = try run("domain a no:such:label\nboolean nothing on\nboolean strict off\nenforcing off")
        #expect(outcomes.map(\.isAsExpected) == [false, false, true, true])
        #expect(outcomes[0].actual == "impossible: the policy knows no label `no:such:label`: it has no user `no`")
        let others = try run("domain a system_u:such:label\ndomain b system_u:system_r:label\ndomain c system_u")
        #expect(
            others.map { $0.actual.split(separator: "`: ").last } == [
                "it has no role `such`", "it has no type `label`", "it ends before its type, or with MLS before its level",
            ])
    }

    @Test(arguments: [
        ("dom1: physinfo => allowed", "there is no domain `dom1`: there are `dom0`"),
        ("dom0: physinf => allowed", "there is no operation `physinf`: did you mean `physinfo`?"),
        ("dom0: physinfo", "an operation says what is to come of it: `=> allowed`, `=> denied`, `=> fails EINVAL`"),
        (
            "dom0: physinfo => denied xen",
            "what is to come of it is `allowed`, `allowed as NAME`, `denied`, `denied CLASS PERMISSION…` or `fails ERROR`"
        ),
        ("dom0: max_vcpus dom0 => allowed", "`max_vcpus` takes DOMAIN COUNT"),
        ("dom0: max_vcpus dom0 x => allowed", "`x` is no number, and nothing was given that name"),
        ("domain a", "`domain` is a name and a label: `domain guest system_u:system_r:domU_t`"),
        ("domain a b fast", "a domain is `hvm`, has an `iommu` or `processors`, but not `fast`"),
        ("domain dom0 b", "there is a domain `dom0` already"),
        ("domain a b processors 0", "`processors` is a number from 1 to 128"),
        ("serves a", "`serves` names two domains: the device model and its guest"),
        ("boolean b maybe", "`boolean` is a name and `on` or `off`"),
        (
            "physinfo => allowed",
            "`physinfo` begins no step: it is `domain`, `serves`, `boolean`, `enforcing`, or who does something, `dom0:`"
        ),
    ]) func mistakesSayWhatIsRight(_ text: String, _ message: String) {
        let (scenario, mistakes) = Scenario.parse("\n" + text)
        #expect(scenario.steps == [])
        #expect(mistakes == [ScenarioMistake(line: 2, message: message)])
    }

    @Test func anyTextIsRead() {
        var random = SplitMix64(seed: 4)
        let words = [
            "dom0:", "domain", "=>", "allowed", "denied", "physinfo", "max_vcpus", "#", "\n", "\r\n", "a", ":", "0x", "fails",
            "é",
        ]
        for _ in 0..<2_000 {
            let text = (0..<Int.random(in: 0..<30, using: &random)).map { _ in words.randomElement(using: &random)! }
            _ = Scenario.parse(text.joined(separator: " "))
        }
    }

    /// Each tree under `Policies` does what its scenario says that it does, by the tools as users have them.
    @Test(arguments: [
        "reference", "examples/minimal", "examples/tenants", "examples/driver-domain", "examples/device-model", "examples/mls",
    ])
    func ourPoliciesDoWhatTheirScenariosSay(_ tree: String) throws {
        let compiler = try #require(BuiltPackage.compiler)
        let hypervisor = try #require(BuiltPackage.hypervisor)
        let policies = BuiltPackage.repository.appendingPathComponent("Policies")
        let folder = try TemporaryFolder()
        let image = folder.url.appendingPathComponent("policy").path
        let mls = tree.hasSuffix("mls") ? ["--mls"] : []
        let compiled = try ProcessResult.run(
            compiler, mls + ["--no-lint", "--xen-release", "4.17", "-o", image, policies.appendingPathComponent(tree).path])
        try #require(compiled.status == 0, "\(compiled.text)")
        let name = tree.split(separator: "/").last.map(String.init) ?? tree
        let scenario = policies.appendingPathComponent("scenarios/\(name).scenario").path
        let result = try ProcessResult.run(hypervisor, ["scenario", "--policy", image, scenario])
        #expect(result.status == 0, "\(result.text)")
    }
}
