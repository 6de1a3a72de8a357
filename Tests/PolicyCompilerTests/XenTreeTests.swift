import Foundation
import TestSupport
import Testing

/// The policy of Xen 4.17, as Debian distributes its source: what its own Makefile makes is what ours must make.
@Suite(
    "xsm-compile and the policy tree of Xen",
    .enabled(if: ProcessInfo.processInfo.environment["XSM_LONG"] != nil, "XSM_LONG=1 fetches Xen's source"))
struct XenTreeTests {
    /// The tree with the hypervisor's lists beside it, unpacked once; nil and a warning when it cannot be had.
    private static let checkout: URL? = {
        let folder = Peers.repository.appendingPathComponent(".build/peers/xen-4.17")
        let script = Peers.repository.appendingPathComponent("scripts/fetch-xen-source")
        let run = try? ProcessResult.run(script, [folder.path])
        guard run?.status == 0 else {
            Peer.missing("Xen's source, which could not be fetched: nothing was compared with it: \(run?.text ?? "")")
            return nil
        }
        return folder
    }()

    /// Runs Xen's Makefile, which needs no `configure`, for a checkout.
    private static func make(
        _ checkpolicy: String, isMLS: Bool, _ checkout: URL, in folder: borrowing TemporaryFolder
    ) throws -> ProcessResult {
        try ProcessResult.run(
            URL(fileURLWithPath: "/usr/bin/env"),
            [
                "make", "-f", "Makefile.common", "FLASK_BUILD_DIR=\(folder.url.path)", "XEN_FULLVERSION=4.17",
                "CONFIG_MLS=\(isMLS ? "y" : "n")", "CHECKPOLICY=\(checkpolicy)",
            ], in: checkout.appendingPathComponent("tools/flask/policy"))
    }

    /// The text and the image that Xen's Makefile makes.
    private static func products(
        _ checkpolicy: String, isMLS: Bool, _ checkout: URL
    ) throws -> (text: Data, image: Data) {
        let folder = try TemporaryFolder()
        let run = try make(checkpolicy, isMLS: isMLS, checkout, in: folder)
        try #require(run.status == 0, "\(run.text)")
        return (
            try Data(contentsOf: folder.url.appendingPathComponent("policy.conf")),
            try Data(contentsOf: folder.url.appendingPathComponent("xenpolicy-4.17"))
        )
    }

    private static func compare(isMLS: Bool, _ checkout: URL) throws {
        guard let tool = Peers.required(Peers.xsmCompile, "xsm-compile") else { return }
        let mls = isMLS ? ["--mls"] : []
        for peer in DropInPeer.available {
            let expected = try products(peer.program.path, isMLS: isMLS, checkout)
            let layout = peer.layout == "3.5" ? ["--layout", "3.5"] : []
            let own = try products(([tool.path] + layout).joined(separator: " "), isMLS: isMLS, checkout)
            #expect(own.image == expected.image, "in the Makefile, layout \(peer.layout)")

            let folder = try TemporaryFolder()
            let run = try ProcessResult.run(tool, [checkout.path] + mls + layout, in: folder.url, collecting: .standard)
            #expect(run.status == 0)
            #expect(run.text.contains("\nloads on: 4.17, 4.18\n"), "\(run.text)")
            #expect(
                try Data(contentsOf: folder.url.appendingPathComponent("xenpolicy")) == expected.image,
                "by hand, layout \(peer.layout)")

            // The #line markers name the files as they were named, so the Makefile's folder is where to be.
            let text = folder.url.appendingPathComponent("policy.conf")
            let emission = try ProcessResult.run(
                tool, [".", "--emit", text.path, "-o", "/dev/null"] + mls,
                in: checkout.appendingPathComponent("tools/flask/policy"))
            #expect(emission.status == 0)
            #expect(try Data(contentsOf: text) == expected.text, "the text is not m4's")
        }
    }

    @Test("gives the text and the image of Xen's Makefile, run by hand or by the Makefile")
    func plain() throws {
        guard let checkout = Self.checkout else { return }
        try Self.compare(isMLS: false, checkout)
    }

    /// The MLS form of 4.17 names permissions that 4.17 no longer has, and no compiler takes it. The test takes the names
    /// that checkpolicy complains about out of a copy, and goes on with that.
    @Test("refuses the MLS form as checkpolicy does, and with the mistake mended gives its text and image")
    func mls() throws {
        guard let tool = Peers.required(Peers.xsmCompile, "xsm-compile"), let original = Self.checkout,
            let checkpolicy = Peers.required(Peers.checkpolicy, "checkpolicy")
        else { return }
        let folder = try TemporaryFolder()
        let checkout = folder.url.appendingPathComponent("xen")
        try FileManager.default.copyItem(at: original, to: checkout)
        let file = checkout.appendingPathComponent("tools/flask/policy/policy/mls")
        var wrong: [String] = []
        while wrong.count < 10 {
            let run = try Self.make(checkpolicy.path, isMLS: true, checkout, in: try TemporaryFolder())
            if run.status == 0 { break }
            let match = try #require(
                run.text.firstMatch(of: /permission (\w+) is not defined for class/), "\(run.text)")
            let name = String(match.output.1)
            wrong.append(name)
            let text = try String(contentsOf: file, encoding: .utf8)
            try text.replacing(try Regex("\\b\(name)\\b"), with: "").write(to: file, atomically: true, encoding: .utf8)
        }
        let refused = try ProcessResult.run(tool, [original.path, "--mls", "-o", "/dev/null"])
        #expect((refused.status == 1) == !wrong.isEmpty)
        // Where checkpolicy stops at the first, ours finds all.
        for name in wrong { #expect(refused.text.contains("has no permission `\(name)`"), "\(refused.text)") }
        try Self.compare(isMLS: true, checkout)
    }

    @Test("refuses a release that would panic on it")
    func otherReleases() throws {
        guard let tool = Peers.required(Peers.xsmCompile, "xsm-compile"), let checkout = Self.checkout else { return }
        let folder = try TemporaryFolder()
        for (release, fits) in [("4.16", false), ("4.17", true), ("4.18", true), ("4.19", false)] {
            let run = try ProcessResult.run(tool, [checkout.path, "--xen-release", release], in: folder.url)
            #expect((run.status == 0) == fits, "\(release): \(run.text)")
            let file = folder.url.appendingPathComponent("xenpolicy-\(release)").path
            #expect(FileManager.default.fileExists(atPath: file) == fits, "\(release)")
        }
    }
}
