import Foundation
import TestSupport
import Testing

@Suite("What several tools say and offer is one thing in all of them")
struct OneWordingTests {
    private static let policies = BuiltPackage.repository.appendingPathComponent("Policies").path

    private static func run(_ tool: String, _ words: [String], in folder: URL? = nil) throws -> ProcessResult {
        try ProcessResult.run(try BuiltTool.named(tool).program, words, in: folder)
    }

    @Test("A format that there is not is refused with those that there are", arguments: BuiltTool.all)
    func formats(tool: BuiltTool) throws {
        var count = 0
        // What stands behind QEMU's name is QEMU's.
        for command in try tool.beginnings() where command != ["qemu"] {
            guard BuiltTool.options(in: try tool.help(command)).joined().contains("--format") else { continue }
            let result = try tool.run(command + ["--format", "nonsense"])
            let line = result.text.split(separator: "\n").first ?? ""
            #expect(result.status == 2 && line.wholeMatch(of: /error: `--format` is one of `[a-z]+`(, `[a-z]+`)*, not `nonsense`/) != nil, "\(command): \(result.text)")
            count += 1
        }
        #expect(count > 0, "\(tool) has no formats")
    }

    @Test("--limit 0 is all, and says so")
    func limits() throws {
        var count = 0
        for tool in BuiltTool.all {
            for command in try tool.beginnings() {
                let help = try tool.help(command)
                guard BuiltTool.options(in: help).joined().contains("--limit") else { continue }
                let words = help.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                #expect(words.firstMatch(of: /--limit N [^-]*?0 for all/) != nil, "\(tool) \(command)")
                let result = try tool.run(command + ["--limit", "-1"])
                #expect(result.status == 2 && result.text.hasPrefix("error: `--limit` is a number, 0 for all, not `-1`\n"), "\(tool) \(command): \(result.text)")
                count += 1
            }
        }
        #expect(count >= 4)
        let result = try Self.run("xsm-policy", ["flow", "--limit", "0", "--steps", "2", "--all", "--brief", "--xen-release", "4.17", Self.policies + "/reference", "domU_t", "dom0_t"])
        #expect(result.status == 0 && !result.text.contains("and there are more"), "\(result.text.suffix(300))")
    }

    @Test("A file that is not there is told in one way")
    func missingFiles() throws {
        let folder = try TemporaryFolder()
        try Data("policy".utf8).write(to: folder.url.appendingPathComponent("scenario"))
        let lines: [(tool: String, words: [String])] = [
            ("xsm-compile", ["gone"]), ("xsm-compile", ["-b", "gone"]), ("xsm-policy", ["info", "gone"]), ("xsm-policy", ["flow", "--permissions", "gone", "x", "y"]),
            ("xsm-policy", ["search", "gone", "-s", "a", "b"]), ("xsm-policy", ["test", Self.policies + "/reference", "gone"]),
            ("xsm-audit", ["report", "gone"]), ("xsm-audit", ["report", "--names", "gone", "-"]), ("xsm-audit", ["explain", "--policy", "gone", "-"]),
            ("xsm-hypervisor", ["scenario", "--policy", "gone", Self.policies + "/scenarios/minimal.scenario"]),
            ("xsm-hypervisor", ["scenario", "--policy", Self.policies + "/examples/minimal", "gone"]), ("xsm-hypervisor", ["run", "--policy", "gone", "--directory", "d"]),
            ("xsm-launch", ["run", "gone"]), ("xsm-launch", ["verify", "1", "--plan", "gone"]),
            ("xsm-launch", ["exec", "--user", "7:7", "--profile", "./gone", "/bin/true"]),
        ]
        for line in lines {
            let result = try Self.run(line.tool, line.words, in: folder.url)
            #expect(result.status != 0 && result.text.contains(/`(\.\/)?gone` does not exist/), "\(line): \(result.text)")
        }
    }

    @Test("A release that nobody knows is refused with those that are known")
    func releases() throws {
        let lines: [(tool: String, words: [String])] = [
            ("xsm-compile", ["x"]), ("xsm-policy", ["info", "x"]), ("xsm-audit", ["explain", "--policy", "x", "-"]),
            ("xsm-hypervisor", ["scenario", "--policy", "x", "x"]), ("xsm-hypervisor", ["run", "--policy", "x"]), ("xsm-launch", ["run", "--policy", "x", "x"]),
        ]
        for line in lines {
            let result = try Self.run(line.tool, line.words + ["--xen-release", "9.9"])
            #expect(result.status == 2 && result.text.hasPrefix("error: `9.9` is no known release of Xen: they are 4.0 to "), "\(line): \(result.text)")
        }
    }

    @Test("A policy is a binary or a source: scenarios come to the same with both, and mistakes of a source are told as everywhere")
    func sources() throws {
        let folder = try TemporaryFolder()
        let tree = Self.policies + "/examples/minimal"
        let scenario = Self.policies + "/scenarios/minimal.scenario"
        #expect(try Self.run("xsm-compile", ["--quiet", "--xen-release", "4.17", "-o", "binary", "--emit", "policy.conf", tree], in: folder.url).text == "")
        let results = try ["binary", "policy.conf", tree].map { policy in
            try Self.run("xsm-hypervisor", ["scenario", "--policy", policy, scenario], in: folder.url)
        }
        #expect(results[0].status == 0 && results.allSatisfy { $0.output == results[0].output }, "\(results.map(\.text))")
        // What comes by the standard input comes once.
        for policy in ["binary", "policy.conf"] {
            let tool = try BuiltTool.named("xsm-hypervisor").program
            let bytes = [UInt8](try Data(contentsOf: folder.url.appendingPathComponent(policy)))
            let result = try ProcessResult.apart(tool, ["scenario", "--policy", "-", scenario], input: bytes)
            #expect(result.output == results[0].output && result.errors.isEmpty, "\(policy): \(result.text)\(result.errors)")
        }
        try Data("class xen\nnonsense\n".utf8).write(to: folder.url.appendingPathComponent("bad.conf"))
        for words in [["scenario", "--policy", "bad.conf", scenario], ["run", "--policy", "bad.conf", "--directory", "d"]] {
            let result = try Self.run("xsm-hypervisor", words, in: folder.url)
            #expect(result.status != 0 && result.text.contains("bad.conf:2:1"), "\(result.text)")
        }
        #expect(try Self.run("xsm-hypervisor", ["scenario", "--policy", "binary", "--xen-release", "4.22", scenario], in: folder.url).text.contains("(XEN) Flask:"))
    }

    @Test("What failed is red on a terminal, what holds green, and neither where nobody looks or NO_COLOR is set")
    func colours() throws {
        let folder = try TemporaryFolder()
        try Data("dom0: physinfo => allowed\ndom0: physinfo => denied\n".utf8).write(to: folder.url.appendingPathComponent("two.scenario"))
        try Data("test \"a\"\ndeny dom0_t xen_t:xen physinfo\n".utf8).write(to: folder.url.appendingPathComponent("one.assertions"))
        let tree = Self.policies + "/examples/minimal"
        for (tool, words) in [
            ("xsm-hypervisor", "scenario --policy \(tree) two.scenario"), ("xsm-policy", "test --xen-release 4.17 \(tree) one.assertions"),
        ] {
            let program = try BuiltTool.named(tool).program.path
            func onTerminal(_ setting: String) throws -> String {
                let line = "env -u NO_COLOR TERM=xterm \(setting) \(program) \(words)"
                return try ProcessResult.run(URL(fileURLWithPath: "/usr/bin/script"), ["-qec", line, "/dev/null"], in: folder.url).text
            }
            let coloured = try onTerminal("A=1")
            #expect(coloured.contains("\u{1b}[1;31mFAIL\u{1b}[0m"), "\(coloured)")
            #expect(tool == "xsm-policy" || coloured.contains("\u{1b}[32mok\u{1b}[0m"), "\(coloured)")
            let plain = try onTerminal("NO_COLOR=1").replacing("\r\n", with: "\n")
            #expect(plain.contains("FAIL") && !plain.contains("\u{1b}"), "\(plain)")
            #expect(try Self.run(tool, words.split(separator: " ").map(String.init), in: folder.url).text == plain)
        }
        let quiet = try Self.run("xsm-hypervisor", ["scenario", "--quiet", "--policy", tree, "two.scenario"], in: folder.url)
        #expect(quiet.status == 1 && quiet.text.hasPrefix("FAIL 2: ") && quiet.text.hasSuffix("2 steps, 1 not as expected\n"), "\(quiet.text)")
    }
}
