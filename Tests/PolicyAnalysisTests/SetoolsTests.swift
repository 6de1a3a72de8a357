import Flask
import Foundation
import PolicyAnalysis
import PolicyCompiler
import TestSupport
import Testing

/// Same questions, same answers: setools of Debian, where it can read the policy. The seed is printed with what differs, and `XSM_SEED`
/// sets it.
@Suite("Answers are those of setools")
struct SetoolsTests {
    private static let seed = RandomTest.seed()

    /// Policies as they are asked: read from a source, and the image written of it.
    private struct Asked: Sendable {
        let name: String
        /// As it was read from its source; nil where that takes long.
        let analysed: AnalysedPolicy?
        let image: URL
    }

    private static func image(of analysed: AnalysedPolicy, named name: String, in folder: URL) throws -> URL {
        let file = folder.appendingPathComponent(name.replacingOccurrences(of: "/", with: "-"))
        // setools of Debian 12 knows the older layout; the version is the newest that it reads.
        try Data(ImageWriter.write(analysed.policy, layout: .checkpolicy3_5).bytes).write(to: file)
        return file
    }

    private func compare(_ asked: [Asked], questions count: Int, withInventory: Bool = true, in folder: URL) throws {
        var random = SplitMix64(seed: Self.seed)
        var all: [(policy: URL, questions: [[String: Any]])] = []
        var questions: [[RandomQuestion]] = []
        var images: [AnalysedPolicy] = []
        for policy in asked {
            let image = try AnalysedPolicy([UInt8](Data(contentsOf: policy.image)), named: policy.name)
            images.append(image)
            let names = RandomQuestion.Names(image.policy)
            let own = try (0..<count).map { _ in try RandomQuestion(names, &random) }
            questions.append(own)
            all.append((policy.image, (withInventory ? [["ask": "inventory"]] : []) + own.map(\.theirs)))
        }
        guard let answers = try Setools.answers(all, in: folder) else { return }
        var compared = 0
        for (index, policy) in asked.enumerated() {
            let image = images[index]
            let form = PeerForm(image)
            var rest = answers[index][...]
            if withInventory, let theirs = rest.removeFirst() {
                try Self.expect(form.inventory(), theirs, "inventory of \(policy.name)")
                compared += 1
            }
            for (question, theirs) in zip(questions[index], rest) {
                guard let theirs else { continue }
                let found = try image.search(question.ours)
                Self.expect(found.map(form.text).sorted(), theirs, "\(policy.name), seed \(Self.seed): \(question.theirs)")
                // The same from the source.
                compared += 1
                guard let source = policy.analysed else { continue }
                let sourceForm = PeerForm(source)
                #expect(try source.search(question.ours).map(sourceForm.text).sorted() == found.map(form.text).sorted(), "\(policy.name), seed \(Self.seed)")
            }
        }
        #expect(compared > asked.count, "setools answered next to nothing")
    }

    private static func expect(_ ours: [String], _ theirs: [String], _ what: String) {
        guard ours != theirs else { return }
        let difference = theirs.difference(from: ours)
        let shown = difference.prefix(6).map { change in
            switch change {
            case .insert(_, let text, _): "only setools: \(text.prefix(300))"
            case .remove(_, let text, _): "only ours: \(text.prefix(300))"
            }
        }
        Issue.record("\(what): \(ours.count) and \(theirs.count)\n\(shown.joined(separator: "\n"))")
    }

    @Test("Our policies for Xen 4.16, with MLS and without")
    func xenPolicies() throws {
        let folder = try TemporaryFolder()
        let place = folder.url
        var asked: [Asked] = []
        for (tree, isMLS) in [
            ("reference", false), ("reference", true), ("examples/driver-domain", false), ("examples/mls", true), ("examples/tenants", false),
        ] {
            let analysed = try Trees.policy(tree, release: "4.16", isMLS: isMLS)
            let name = tree + (isMLS ? "-mls" : "")
            asked.append(Asked(name: name, analysed: analysed, image: try Self.image(of: analysed, named: name, in: place)))
        }
        try compare(asked, questions: 120, in: place)
    }

    @Test("The probes of the corpus that compile, for Xen and for SELinux")
    func probes() throws {
        let folder = try TemporaryFolder()
        let place = folder.url
        let probes = BuiltPackage.repository.appendingPathComponent("Tests/Corpus/probes")
        var asked: [Asked] = []
        for file in try FileManager.default.contentsOfDirectory(atPath: probes.path).sorted() where file.hasSuffix(".conf") {
            let text = try [UInt8](Data(contentsOf: probes.appendingPathComponent(file)))
            // Each for one of the two, in turns.
            let target: Policy.Target = (asked.count + text.count) % 2 == 0 ? .xen : .selinux
            guard let analysed = Trees.policy(text, named: file, target: target) else { continue }
            let name = "\(file)-\(target)"
            asked.append(Asked(name: name, analysed: analysed, image: try Self.image(of: analysed, named: name, in: place)))
        }
        try compare(asked, questions: 6, in: place)
    }

    @Test("SELinux's reference policy")
    func referencePolicy() throws {
        guard SELinuxReferencePolicy.isThere else { return Peer.missing("SELinux's reference policy (Debian's selinux-policy-src): nothing was compared with it") }
        let folder = try TemporaryFolder()
        let place = folder.url
        let source = try SELinuxReferencePolicy.unpack("standard", making: ["conf", "policy.conf"], in: place).appendingPathComponent("policy.conf")
        // By the tool as users get it, which is quick.
        guard let compiler = BuiltPackage.compiler else {
            Issue.record("xsm-compile is not there")
            return
        }
        let image = place.appendingPathComponent("image")
        let made = try ProcessResult.run(compiler, ["-t", "selinux", "-c", "33", "--layout", "3.5", "-o", image.path, source.path])
        try #require(made.status == 0, "\(made.text.suffix(500))")
        try compare([Asked(name: "refpolicy", analysed: nil, image: image)], questions: 10, in: place)
    }
}
