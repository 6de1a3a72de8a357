import Foundation
import Testing

/// A tree and the releases of Xen that it is for.
@Suite struct ReleaseTests {
    /// Each tree of ours, and with which options it compiles.
    static let trees: [(name: String, options: [[String]])] = [
        ("reference", [[], ["-M"]]), ("examples/minimal", [[]]), ("examples/driver-domain", [[]]),
        ("examples/device-model", [[]]), ("examples/tenants", [[]]), ("examples/mls", [[], ["-M"]]),
    ]
    /// The releases that our trees are for.
    static let releases = (2...22).map { "4.\($0)" }

    private func path(_ tree: String) -> String { Command.repository.appendingPathComponent("Policies/" + tree).path }

    @Test func everyTreeIsTried() throws {
        let folder = Command.repository.appendingPathComponent("Policies")
        let examples = try FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent("examples").path)
        #expect(Set(examples.map { "examples/" + $0 } + ["reference"]) == Set(Self.trees.map(\.name)))
    }

    /// Every tree of ours compiles for every release without a word, and for that release the result loads.
    @Test(arguments: trees) func treesCompileForEveryRelease(_ tree: (name: String, options: [[String]])) throws {
        let folder = try Folder()
        defer { folder.remove() }
        for release in Self.releases {
            for options in tree.options {
                let run = try Command(
                    Command.compiler, [path(tree.name), "--xen-release", release, "-o", "out"] + options, in: folder.url)
                #expect(run.status == 0 && run.errors == "", "\(tree.name) \(release) \(options): \(run.errors)")
                let fits = String(decoding: run.output, as: UTF8.self).components(separatedBy: "loads on: ").last ?? ""
                #expect(
                    fits.trimmingCharacters(in: .newlines).components(separatedBy: ", ").contains(release),
                    "\(tree.name) \(release): \(fits)")
            }
        }
    }

    /// A permission that the release lacks is an error before anything is written; without a release named, a policy
    /// that fits none is warned about.
    @Test func mismatchIsNeverSilent() throws {
        let folder = try Folder()
        defer { folder.remove() }
        #expect(try Command.compile(path("reference"), "--xen-release", "4.17", "--emit", "policy.conf", "-o", "out", in: folder).status == 0)
        #expect(try Command.compile("policy.conf", "--xen-release", "4.17", "-o", "out", in: folder).status == 0)
        try FileManager.default.removeItem(at: folder.url.appendingPathComponent("out"))
        for other in ["4.2", "4.22"] {
            let run = try Command.compile("policy.conf", "--xen-release", other, "-o", "out", in: folder)
            #expect(run.status == 1)
            #expect(run.errors.contains(other), "\(run.errors)")
        }
        #expect(try folder.names() == ["policy.conf"])
        let text = try folder.text("policy.conf").replacingOccurrences(of: "getvcpucontext", with: "getvcpu_context")
        try folder.write("renamed.conf", text)
        let run = try Command.compile("renamed.conf", "-o", "out", in: folder)
        #expect(run.status == 0)
        #expect(run.errors.contains("fits-no-release"), "\(run.errors)")
    }

    /// A tree asks for the release with the macros that Policies/README.md lists, and gets what the release is.
    @Test func treesAskForTheRelease() throws {
        let folder = try Folder()
        defer { folder.remove() }
        #expect(try Command.shell("cp -r \(path("examples/minimal")) tree", in: folder).status == 0)
        let base = try folder.text("tree/modules/base.te")
        try folder.write(
            "tree/modules/base.te",
            base + """

                ifelse(xen_release, `4.17', `bool is_4_17 true;')
                bool number_`'xen_release_number true;
                ifdef(`xen_class_argo', `bool has_argo true;')
                ifdef(`xen_permission_hvm_dm', `bool has_dm true;')
                ifdef(`xen_sid_xenboot', `bool has_xenboot true;')
                ifdef(`xen_class_nonsense', `bool has_nonsense true;')
                ifdef(`enable_mls', `bool has_mls true;')
                ifdef(`self_contained_policy', `bool is_whole true;')
                bool levels_`'mls_num_sens`'_`'mls_num_cats true;

                """)
        for number in 2...22 {
            let release = "4.\(number)"
            let run = try Command.compile("tree", "--xen-release", release, "--emit", "text", "-o", "out", in: folder)
            #expect(run.status == 0, "\(release): \(run.errors)")
            var expected = ["number_\(400 + number)", "is_whole", "levels_16_256"]
            if number >= 17 { expected.append("has_xenboot") }
            if number >= 12 { expected.append("has_argo") }
            if number >= 9 { expected.append("has_dm") }
            if number == 17 { expected.append("is_4_17") }
            let found = try folder.text("text").matches(of: /bool (\w+) true;/).map { String($0.output.1) }
            #expect(found.sorted() == expected.sorted(), "\(release)")
        }
        // Without a release asked for, the tree is for the newest.
        _ = try Command.compile("tree", "--emit", "text", "-o", "out", "--no-lint", in: folder)
        #expect(try folder.text("text").contains("bool number_422 true;"))
        // The MLS form; whether this tree compiles in it does not matter here.
        try folder.write("tree/policy/mls", "ifdef(`enable_mls', `nonsense_of_mls')\n")
        #expect(try Command.compile("tree", "-M", in: folder).errors.contains("nonsense_of_mls"))
    }
}
