import Flask
import Foundation
import TestSupport
import Testing

extension CheckpolicyTests {
    /// The checkpolicies that are there, with the layouts that they write.
    static func peers() -> [(layout: Comparison.Layout, program: URL)] {
        var result: [(Comparison.Layout, URL)] = []
        if let program = Peers.required(Peers.checkpolicy, "checkpolicy") { result.append((.old, program)) }
        if let program = Peers.required(Peers.nextCheckpolicy, "the next Debian's checkpolicy") { result.append((.new, program)) }
        return result
    }

    @Test("SELinux's reference policy gives the image of checkpolicy, without and with MLS", arguments: ["standard", "mls"])
    func selinuxReferencePolicy(kind: String) async throws {
        guard let compiler = Peers.required(Peers.xsmCompile, "xsm-compile") else { return }
        let folder = try TemporaryFolder()
        let place = folder.url
        guard let text = try SELinuxReferencePolicy.text(kind) else { return }
        let isLong = ProcessInfo.processInfo.environment["XSM_LONG"] != nil
        var jobs: [(layout: Comparison.Layout, peer: URL, version: Int)] = []
        for (layout, peer) in Self.peers() {
            let versions = isLong ? Array((kind == "mls" ? 19 : 15)...(layout == .old ? 33 : 34)) : [33]
            for version in versions { jobs.append((layout, peer, version)) }
        }
        let reports = try await inPairs(jobs) { layout, peer, version -> String? in
            let comparison = try Comparison(
                of: text, isXen: false, isMLS: kind == "mls", version: version, layout: layout, peer: peer,
                compiler: compiler, in: place)
            if comparison.outcome == .same { return nil }
            if layout == .new, let (theirs, own) = comparison.images, try Comparison.areEqualButForRoleTypes(theirs, own) {
                return nil
            }
            return comparison.report("\(kind), version \(version), layout \(layout.rawValue)")
        }
        for report in reports.compactMap(\.self) { Issue.record(Comment(rawValue: report)) }
    }

    @Test(
        "SELinux's reference policy compiles from its sources, to the bytes of its Makefile's m4, sed and sort",
        arguments: ["standard", "mcs"])
    func selinuxReferencePolicySources(kind: String) throws {
        guard let compiler = Peers.required(Peers.xsmCompile, "xsm-compile") else { return }
        guard try SELinuxReferencePolicy.text("standard") != nil else { return }
        let folder = try TemporaryFolder()
        let tree: URL
        if kind == "mcs" {
            tree = try SELinuxReferencePolicy.unpack(kind, making: ["conf", "policy.conf"], in: folder.url)
            // What a fresh checkout lacks: the Makefile generates these two from lists.
            for name in ["te", "if"] {
                try FileManager.default.removeItem(at: tree.appendingPathComponent("policy/modules/kernel/corenetwork.\(name)"))
            }
        } else {
            tree = try SELinuxReferencePolicy.shared(kind)
        }
        func output(_ name: String) -> URL { folder.url.appendingPathComponent(name) }
        let common = ["--no-lint", "-c", "33"]
        let fromTree = try ProcessResult.run(
            compiler, common + ["--emit", output("emitted.conf").path, "-o", output("tree.image").path, "."], in: tree)
        #expect(fromTree.status == 0, "\(fromTree.text)")
        let fromText = try ProcessResult.run(
            compiler, common + (kind == "mcs" ? ["-M"] : []) + ["-o", output("text.image").path, "policy.conf"], in: tree)
        #expect(fromText.status == 0, "\(fromText.text)")
        let text = tree.appendingPathComponent("policy.conf")
        #expect(try Data(contentsOf: output("emitted.conf")) == Data(contentsOf: text), "the texts differ")
        #expect(try Data(contentsOf: output("tree.image")) == Data(contentsOf: output("text.image")), "the images differ")
    }

    @Test("Every policy tree of the package gives the image of checkpolicy, for every release of Xen")
    func policyTrees() async throws {
        guard let compiler = Peers.required(Peers.xsmCompile, "xsm-compile") else { return }
        let peers = Self.peers()
        let folder = try TemporaryFolder()
        let place = folder.url
        let policies = Peers.repository.appendingPathComponent("Policies")
        let examples = policies.appendingPathComponent("examples")
        let trees =
            [policies.appendingPathComponent("reference")]
            + (try FileManager.default.contentsOfDirectory(atPath: examples.path)).sorted().map {
                examples.appendingPathComponent($0)
            }
        // Xen before 4.2 lacks permissions that every tree uses.
        let oldest = try #require(XenRelease("4.2"))
        var jobs: [(tree: URL, release: XenRelease, isMLS: Bool)] = []
        for tree in trees {
            let kinds = try Self.hasMLS(tree) ? [false, true] : [false]
            for release in XenRelease.all where release >= oldest {
                for isMLS in kinds { jobs.append((tree, release, isMLS)) }
            }
        }
        let reports = try await inPairs(jobs) { tree, release, isMLS -> String? in
            let label = "\(tree.lastPathComponent) for Xen \(release)\(isMLS ? " with MLS" : "")"
            let name = "\(tree.lastPathComponent)-\(release)-\(isMLS)"
            let text = place.appendingPathComponent("\(name).conf")
            for (layout, peer) in peers {
                let images = ["ours", "peer"].map { place.appendingPathComponent("\(name)-\(layout.rawValue).\($0)") }
                defer { for image in images { try? FileManager.default.removeItem(at: image) } }
                let ours = try ProcessResult.run(
                    compiler,
                    [tree.path, "--xen-release", "\(release)", "--layout", layout.rawValue, "--emit", text.path]
                        + (isMLS ? ["--mls"] : []) + ["-o", images[0].path])
                guard ours.status == 0 else { return "\(label) is refused:\n\(ours.text)" }
                let theirs = try ProcessResult.run(
                    peer,
                    ["-t", "xen", "-c", "\(release.policyVersion)"] + (isMLS ? ["-M"] : [])
                        + [text.path, "-o", images[1].path])
                guard theirs.status == 0 else { return "\(label) is refused by checkpolicy:\n\(theirs.text)" }
                if try Data(contentsOf: images[0]) != Data(contentsOf: images[1]) {
                    return "\(label), layout \(layout.rawValue): the images differ"
                }
            }
            return nil
        }
        for report in reports.compactMap(\.self) { Issue.record(Comment(rawValue: report)) }
    }

    /// Whether a tree has sensitivities, so that it makes a policy with MLS.
    private static func hasMLS(_ tree: URL) throws -> Bool {
        let file = tree.appendingPathComponent("policy/mls")
        guard FileManager.default.fileExists(atPath: file.path) else { return false }
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").contains { !$0.hasPrefix("#") }
    }
}
