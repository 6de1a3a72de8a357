import Flask
import Foundation
import PolicyAnalysis
import TestSupport
import Testing

@Suite("A decompiled policy compiles to one that decides the same")
struct DecompilationTests {
    private static let seed = RandomTest.seed()

    private func again(_ policy: AnalysedPolicy) throws -> AnalysedPolicy {
        var options = InputOptions()
        options.target = policy.policy.target
        return try AnalysedPolicy(policy.decompiled(to: .conf), named: "again.conf", options: options)
    }

    private func image(_ policy: AnalysedPolicy) throws -> AnalysedPolicy {
        try AnalysedPolicy(ImageWriter.write(policy.policy, layout: .checkpolicy3_6).bytes, named: "image")
    }

    @Test("Random policies, from source and from image, with and without MLS", arguments: 0..<20)
    func randomPolicies(round: Int) throws {
        let seed = Self.seed &+ UInt64(round)
        var random = SplitMix64(seed: seed)
        let policy = try RandomXenPolicy(seed: seed, isMLS: round % 2 == 1).analysed()
        let original = round % 4 < 2 ? policy : try image(policy)
        var comparison = try PolicyComparison(policy.policy, try again(original).policy)
        try comparison.compareLabels()
        for set in 0..<8 {
            let names = policy.policy.booleans.map(\.name.description)
            try comparison.compareTypes(Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, set >> $0 & 1 == 1) }))
        }
        try comparison.compareContexts(150, &random)
        #expect(comparison.differences.isEmpty, "seed \(seed): \(comparison.differences)")
        #expect(comparison.decisions >= 150, "seed \(seed)")
    }

    @Test("Our reference policy, for every release of Xen", arguments: XenRelease.all.map(\.description))
    func reference(release: String) throws {
        var random = SplitMix64(seed: Self.seed)
        let policy = try Trees.policy("reference", release: release, isMLS: release == "4.17")
        let image = try image(policy)
        let text = try again(image)
        var comparison = try PolicyComparison(policy.policy, text.policy)
        try comparison.compareLabels()
        try comparison.compareContexts(300, &random)
        #expect(comparison.differences.isEmpty, "seed \(Self.seed), \(release): \(comparison.differences)")
        #expect(text.summary().initialSIDs.map(\.name) == policy.summary().initialSIDs.map(\.name))
    }

    @Test("All pairs of types of the reference policy, with all booleans on and off")
    func allTypes() throws {
        let policy = try Trees.policy("reference", release: "4.22")
        var comparison = try PolicyComparison(policy.policy, try again(image(policy)).policy)
        for value in [false, true] {
            try comparison.compareTypes(Dictionary(uniqueKeysWithValues: policy.policy.booleans.map { ($0.name.description, value) }))
        }
        #expect(comparison.differences.isEmpty, "\(comparison.differences)")
        #expect(comparison.decisions > 10_000)
    }

    @Test("An image written again as a text and compiled is the same image once more")
    func fixedPoint() throws {
        let first = try image(SmallPolicy.analysed()).decompiled(to: .conf)
        let second = try image(again(AnalysedPolicy(first, named: "first.conf"))).decompiled(to: .conf)
        #expect(first == second)
    }

    @Test("What secilc makes of the CIL is the same policy", arguments: ["4.4", "4.16", "4.22"], [false, true])
    func cil(release: String, isMLS: Bool) throws {
        let secilc = try #require(BuiltPackage.executable(URL(fileURLWithPath: "/usr/bin/secilc")), "secilc is not installed: run scripts/setup test")
        let policy = try image(Trees.policy(isMLS ? "examples/mls" : "reference", release: release, isMLS: isMLS))
        let folder = try TemporaryFolder()
        try Data(policy.decompiled(to: .cil)).write(to: folder.url.appendingPathComponent("policy.cil"))
        let result = try ProcessResult.run(
            secilc, ["-t", "xen", "-c", "\(policy.policy.version)", "-f", "/dev/null", "-o", "policy", "policy.cil"], in: folder.url)
        #expect(result.status == 0, "\(result.text)")
        let made = try AnalysedPolicy(Array(Data(contentsOf: folder.url.appendingPathComponent("policy"))), named: "policy")
        #expect(try policy.difference(to: made).isEmpty, "\(release)")
    }

    @Test("The tool writes both languages, to the standard output and to a file")
    func tool() throws {
        let tool = try #require(BuiltPackage.policyTool)
        let folder = try TemporaryFolder()
        let path = folder.url.appendingPathComponent("small.conf")
        try Data(SmallPolicy.text.utf8).write(to: path)
        let told = try ProcessResult.run(tool, ["decompile", path.path], collecting: .both)
        #expect(told.status == 0 && told.text.contains("allow dom0_t domain_type:domain { create pause };"))
        let file = folder.url.appendingPathComponent("again.conf")
        #expect(try ProcessResult.run(tool, ["decompile", path.path, "-o", file.path], collecting: .both).status == 0)
        #expect(try String(contentsOf: file, encoding: .utf8) == told.text)
        let cil = try ProcessResult.run(tool, ["decompile", "--format", "cil", path.path], collecting: .both)
        #expect(cil.status == 0 && cil.text.contains("(allow dom0_t domain_type (domain (create pause)))"))
        #expect(try ProcessResult.run(tool, ["decompile", path.path, "-o", folder.url.path + "/none/x"], collecting: .both).status == 2)
        #expect(try ProcessResult.run(tool, ["lint", path.path], collecting: .both).status == 1)
        #expect(try ProcessResult.run(tool, ["lint", "--exclude", "unused-tpye", path.path], collecting: .both).text.contains("did you mean `unused-type`?"))
    }
}
