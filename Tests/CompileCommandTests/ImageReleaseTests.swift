import Foundation
import Testing

/// Whether an image loads on a release is never left open: of a tree, of a flattened policy, of a binary.
@Suite struct ImageReleaseTests {
    private static let reference = Command.repository.appendingPathComponent("Policies/reference").path

    /// A folder with the flattened policy and the image of our reference policy for a release.
    private func folder(_ release: String) throws -> Folder {
        let folder = try Folder()
        let run = try Command.compile(
            Self.reference, "--xen-release", release, "--emit", "full.conf", "-o", "image", in: folder)
        try #require(run.status == 0, "\(run.errors)")
        return folder
    }

    /// checkpolicy's `-c` without `-t` means SELinux; a release of Xen says otherwise.
    @Test func releaseImpliesXen() throws {
        let folder = try folder("4.22")
        defer { folder.remove() }
        let other = try Command.compile("--xen-release", "4.21", "-c", "30", "full.conf", "-o", "out", in: folder)
        #expect(other.status == 1)
        #expect(other.errors.contains("error[release-missing-permission]"), "\(other.errors)")
        #expect(try folder.names() == ["full.conf", "image"])
        #expect(try Command.compile("--xen-release", "4.22", "-c", "30", "full.conf", "-o", "out", in: folder).status == 0)
        #expect(try folder.contents("out") == folder.contents("image"))
        let linux = try Command.compile("--xen-release", "4.22", "-t", "selinux", "full.conf", "-o", "out", in: folder)
        #expect(linux.status == 2)
    }

    /// Xen before 4.6 has no version 30, and Xen since 4.6 has 24 too.
    @Test func versionMustLoad() throws {
        let folder = try folder("4.5")
        defer { folder.remove() }
        let refused = try Command.compile(Self.reference, "--xen-release", "4.5", "-c", "30", "-o", "out", in: folder)
        #expect(refused.status == 1)
        #expect(refused.errors.contains("error[release-version]: Xen 4.5 does not load version 30"), "\(refused.errors)")
        #expect(try Command.compile(Self.reference, "--xen-release", "4.6", "-c", "24", "-o", "out", in: folder).status == 0)
        // Without a release named, those that do not load the version are not among those named.
        let unnamed = try Command.compile("full.conf", "-t", "xen", "-c", "30", in: folder)
        #expect(unnamed.status == 0)
        #expect(unnamed.errors.contains("fits-no-release"), "\(unnamed.errors)")
        #expect(String(decoding: unnamed.output, as: UTF8.self).contains("loads on: no known release of Xen"))
    }

    @Test func binaryTellsItsReleases() throws {
        for (release, releases) in [("4.3", "4.3"), ("4.7", "4.7"), ("4.17", "4.17, 4.18"), ("4.22", "4.22")] {
            let folder = try folder(release)
            defer { folder.remove() }
            let size = try folder.contents("image").count
            let run = try Command.compile("-b", "image", in: folder)
            #expect(run.status == 0 && run.errors == "")
            let text = String(decoding: run.output, as: UTF8.self)
            #expect(text.hasSuffix(" \(size) bytes\nloads on: \(releases)\n"), "\(text)")
            #expect(try Command.compile("-b", "image", "--xen-release", release, in: folder).status == 0)
            let other = try Command.compile("-b", "image", "--xen-release", "4.10", "-o", "out", in: folder)
            #expect(other.status == 1)
            #expect(other.errors.contains("error[release-"), "\(other.errors)")
            #expect(try folder.names() == ["full.conf", "image"])
        }
        let folder = try folder("4.7")
        defer { folder.remove() }
        // What is written counts, not what is read.
        #expect(try Command.compile("-b", "image", "--xen-release", "4.7", "-c", "24", "-o", "out", in: folder).status == 0)
        let old = try Command.compile("-b", "image", "--xen-release", "4.5", in: folder)
        #expect(old.errors.contains("error[release-version]"), "\(old.errors)")
    }

    /// Xen: `avtab: table is empty`.
    @Test func policyWithoutRulesIsNotSilent() throws {
        let folder = try folder("4.22")
        defer { folder.remove() }
        let tree = """
            type xen_t;
            role system_r;
            role system_r types xen_t;
            user system_u roles system_r;
            sid xen system_u:system_r:xen_t

            """
        try folder.write("tree/modules/modules.conf", "guest = on\n")
        try folder.write("tree/modules/guest.te", tree)
        let warned = try Command.compile("tree", "-o", "out", in: folder)
        #expect(warned.status == 0)
        #expect(warned.errors.contains("warning[xen-rejects]: Xen refuses to load the policy: there are no rules"), "\(warned.errors)")
        #expect(warned.errors.contains("avtab: table is empty"))
        #expect(String(decoding: warned.output, as: UTF8.self).contains("no known release"))
        try FileManager.default.removeItem(at: folder.url.appendingPathComponent("out"))
        for options in [[], ["--no-lint"]] {
            let refused = try Command(
                Command.compiler, ["tree", "--xen-release", "4.22", "-o", "out"] + options, in: folder.url)
            #expect(refused.status == 1)
            #expect(refused.errors.contains("error[xen-rejects]"), "\(refused.errors)")
        }
        #expect(try Command.compile("tree", "--no-lint", "--emit", "text", in: folder).errors == "")
        #expect(try !folder.names().contains("out"))
        try folder.write("tree/modules/guest.te", tree.replacingOccurrences(of: "role system_r;", with: "role system_r;\nallow xen_t xen_t:xen settime;"))
        #expect(try !Command.compile("tree", "-o", "out", in: folder).errors.contains("xen-rejects"))
    }

    /// One thing that Xen refuses is told once, at its place, and with a release named it is an error.
    @Test func rejectionIsToldOnce() throws {
        let folder = try folder("4.22")
        defer { folder.remove() }
        let text = try folder.text("full.conf")
        try folder.write("named.conf", text.replacingOccurrences(
            of: "type_transition domU_t domU_t:domain domU_t_self;",
            with: "type_transition domU_t domU_t:domain domU_t_self; type_transition domU_t xen_t:domain domU_t_self \"name\";"))
        for (options, severity, status) in [([], "warning", 0), (["--xen-release", "4.22"], "error", 1)] {
            let run = try Command(Command.compiler, ["named.conf", "-o", "out"] + options, in: folder.url)
            #expect(run.status == Int32(status))
            #expect(run.errors.contains("\(severity)[xen-rejects-filename-transition]"), "\(run.errors)")
            #expect(!run.errors.contains("[xen-rejects]"), "\(run.errors)")
        }
        let bare = try Command.compile("named.conf", "--no-lint", "--xen-release", "4.22", in: folder)
        #expect(bare.errors.contains("error[xen-rejects]: Xen refuses to load the policy: there are 1 transitions"), "\(bare.errors)")
    }

    /// Programs are told what people are told.
    @Test func machineReadableFormsHaveTheResult() throws {
        let folder = try folder("4.17")
        defer { folder.remove() }
        struct Result: Decodable, Equatable {
            let path: String?, bytes: Int, target: String, policyVersion: Int, loadsOn: [String]
        }
        struct Document: Decodable { let result: Result? }
        struct Log: Decodable {
            struct Run: Decodable {
                struct Properties: Decodable { let complete: Bool, result: Result? }
                let properties: Properties
            }
            let runs: [Run]
        }
        let size = try folder.contents("image").count
        for (arguments, path) in [([Self.reference, "--xen-release", "4.17", "-o", "out"], "out"), (["full.conf", "-o", "out"], "out"), (["-b", "image"], nil)] {
            let expected = Result(path: path, bytes: size, target: "xen", policyVersion: 30, loadsOn: ["4.17", "4.18"])
            let json = try Command(Command.compiler, arguments + ["--format", "json"], in: folder.url)
            #expect(try JSONDecoder().decode(Document.self, from: Data(json.output)).result == expected, "\(arguments)")
            let sarif = try Command(Command.compiler, arguments + ["--format", "sarif"], in: folder.url)
            let properties = try JSONDecoder().decode(Log.self, from: Data(sarif.output)).runs.first?.properties
            #expect(properties?.result == expected && properties?.complete == true, "\(arguments)")
        }
        let failed = try Command.compile("full.conf", "--xen-release", "4.2", "--format", "json", "--error-limit", "1", in: folder)
        #expect(try JSONDecoder().decode(Document.self, from: Data(failed.output)).result == nil)
        #expect(String(decoding: failed.output, as: UTF8.self).contains("\n    \"complete\": false\n"))
    }
}
