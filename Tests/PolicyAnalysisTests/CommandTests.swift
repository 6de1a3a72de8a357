import Foundation
import TestSupport
import Testing

@Suite("xsm-policy answers, and its status says how")
struct CommandTests {
    private func run(_ arguments: String...) throws -> ProcessResult? {
        guard let tool = BuiltPackage.policyTool else {
            Issue.record("xsm-policy is not there")
            return nil
        }
        return try ProcessResult.run(tool, arguments, collecting: .both)
    }

    @Test("0 with an answer, 1 where nothing was found, 2 for what is wrong")
    func statuses() throws {
        try SmallPolicy.withFile { (path: String) throws in
            #expect(try run("info", path)?.status == 0)
            #expect(try run("search", "-s", "dom0_t", path)?.status == 0)
            #expect(try run("search", "--type_member", path)?.status == 1)
            #expect(try run("search", "--count", "--type_member", path)?.text == "0\n")
            #expect(try run("info", "--types=/none/", path)?.status == 1)
            #expect(try run("info", "--permissive", path)?.status == 0)
            #expect(try run("search", "-s", "dom1_t", path)?.status == 2)
            #expect(try run("search", "-s", "dom1_t", path)?.text.contains("did you mean `dom0_t`") == true)
            #expect(try run("search", "--kind", path)?.status == 2)
            #expect(try run("info", path + ".missing")?.status == 2)
            #expect(try run("info")?.status == 2)
            #expect(try run("info", "--help")?.status == 0)
            #expect(try run("search", "--state", "sometimes", path)?.status == 2)
        }
    }

    @Test("A tree that is compared with a binary is told with the release for which it was built, where nobody has said one")
    func releaseOfATree() throws {
        let tool = try #require(BuiltPackage.policyTool)
        let folder = try TemporaryFolder()
        let tree = BuiltPackage.repository.appendingPathComponent("Policies/examples/minimal").path
        let made = try ProcessResult.run(#require(BuiltPackage.compiler), ["--xen-release", "4.17", "-o", "binary", tree], in: folder.url)
        try #require(made.status == 0, "\(made.text)")
        let assumed = try ProcessResult.run(tool, ["diff", "binary", tree], in: folder.url)
        #expect(assumed.status == 1 && assumed.text.contains("note: `\(tree)` is built for Xen 4.22, because nothing says another: `--xen-release R` does"), "\(assumed.text)")
        #expect(try ProcessResult.run(tool, ["diff", "--xen-release", "4.17", "binary", tree], in: folder.url).text == "")
        #expect(try ProcessResult.run(tool, ["diff", tree, tree], in: folder.url).text == "")
    }

    @Test("What a permission or a context is not is told by its parts")
    func mistakenNames() throws {
        try SmallPolicy.withFile { (path: String) throws in
            #expect(try run("explain", path, "dom0_t", "domU_t", "domain", "pause")?.text.contains("it is `user:role:type`, such as `") == true)
        }
    }

    @Test("An answer is the same each time")
    func sameAnswers() throws {
        let policies = BuiltPackage.repository.appendingPathComponent("Policies").path
        let arguments = ["diff", "--assert-subset", "\(policies)/examples/minimal", "\(policies)/reference", "--xen-release", "4.17"]
        let tool = try #require(BuiltPackage.policyTool)
        let answers = try (0..<3).map { _ in try ProcessResult.run(tool, arguments, collecting: .both).text }
        #expect(answers[0].count > 1_000 && Set(answers).count == 1)
    }

    @Test("A policy grants no more than itself, also where its bounds hide what could be proved of parts")
    func subsetOfItself() throws {
        let tool = try #require(BuiltPackage.policyTool)
        let folder = try TemporaryFolder()
        let image = folder.url.appendingPathComponent("policy").path
        let source = BuiltPackage.repository.appendingPathComponent("Tests/Schemas/everything.conf").path
        let made = try ProcessResult.run(#require(BuiltPackage.compiler), ["-N", "--no-lint", "-t", "xen", "-o", image, source])
        try #require(made.status == 0, "\(made.text)")
        let answer = try ProcessResult.run(tool, ["diff", "--assert-subset", image, image], collecting: .both)
        #expect(answer.status == 0, "\(answer.text)")
    }

    @Test("An answer that nobody could be told is none")
    func fullDisk() throws {
        let tool = try #require(BuiltPackage.policyTool)
        try SmallPolicy.withFile { (path: String) throws in
            for command in ["info", "search", "lint", "decompile", "compat"] {
                let result = try ProcessResult.run(
                    URL(fileURLWithPath: "/bin/sh"), ["-c", "'\(tool.path)' \(command) '\(path)' >/dev/full"], collecting: .both)
                #expect(result.status == 2 && result.text.contains("no space left on device"), "\(command): \(result.text)")
            }
        }
    }

    @Test("A search of a source tells statements of the language, with conditions and lines as comments")
    func search() throws {
        try SmallPolicy.withFile { (path: String) throws in
            let lines = SmallPolicy.text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            let line = lines.firstIndex { $0.hasPrefix("allow domU_t irq_t:resource { use") }! + 1
            #expect(
                try run("search", "-b", "open", "--state", "enabled", path)?.text
                    == "allow domU_t irq_t:resource { use add }; # else of ((strict && ! open)), enabled\n    # \(path):\(line)\n"
            )
        }
    }

    @Test("JSON says the same in parts")
    func json() throws {
        try SmallPolicy.withFile { (path: String) throws in
            let text = try #require(try run("search", "-c", "resource", "-p", "add", "--format", "json", path)?.text)
            let object = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
            let statement = try #require((object["statements"] as? [[String: Any]])?.first)
            #expect(statement["source"] as? String == "domU_t" && statement["permissions"] as? [String] == ["use", "add"])
            #expect((statement["condition"] as? [String: Any])?["enabled"] as? Bool == true)
            #expect((statement["places"] as? [[String: Any]])?.first?["file"] as? String == path)
            let info = try #require(try run("info", "--format", "json", path)?.text)
            let summary = try #require(JSONSerialization.jsonObject(with: Data(info.utf8)) as? [String: Any])
            #expect((summary["counts"] as? [String: Int])?["allow"] == 6)
            #expect((summary["initialSids"] as? [[String: Any]])?.count == 3)
        }
    }

    // MARK: compat

    @Test("compat: 0 where a release loads it rightly, 1 where none does, or not the one that is asked about")
    func compat() throws {
        let tree = BuiltPackage.repository.appendingPathComponent("Policies/examples/minimal").path
        let all = try #require(try run("compat", "--xen-release", "4.17", tree))
        #expect(all.status == 0)
        let lines = all.text.split(separator: "\n").map(String.init)
        #expect(lines.contains("4.17, 4.18    loads"))
        #expect(lines.contains { $0.hasPrefix("4.15, 4.16    loads, and takes initial SIDs for others") })
        #expect(lines.contains { $0.contains("1 `xen` gets system_u:system_r:xenboot_t, which is for `xenboot`") })
        #expect(try run("compat", "--xen-release", "4.17", "--on", "4.18", tree)?.status == 0)
        #expect(try run("compat", "--xen-release", "4.17", "--on", "4.16", tree)?.status == 1)
        #expect(try run("compat", "--on", "5.0", tree)?.status == 2)
        #expect(try run("compat", "--each", "--on", "4.17", tree)?.status == 2)
        #expect(try run("compat", "--each", tree)?.text.contains("built for 4.17, 4.18: loads on 4.17, 4.18\n") == true)
        try SmallPolicy.withFile { (path: String) throws in
            #expect(try run("compat", path)?.status == 1)
            #expect(try run("compat", "--each", path)?.status == 2)
            let text = try #require(try run("compat", "--format", "json", path)?.text)
            let object = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
            let verdicts = try #require(object["verdicts"] as? [[String: Any]])
            #expect(object["loaded"] as? Bool == false && verdicts.first?["release"] as? String == "master")
            #expect((verdicts.first?["xenMessages"] as? [String])?.first == "Flask:  class 2 is incorrect, found domain but should be xen2")
        }
    }

    // MARK: label

    @Test("label: statements to paste, from numbers and from a listing; 1 where statements are in each other's way")
    func label() throws {
        #expect(
            try run("label", "pci", "0000:03:00.0", "--type", "nic_dev_t")?.text
                == """
                # PCI device 0000:03:00.0: segment 0, bus 3, device 0, function 0
                pcidevicecon 0x300 system_u:object_r:nic_dev_t
                # its message interrupts (MSI, MSI-X) have this label too

                """)
        let listing = BuiltPackage.repository.appendingPathComponent("Tests/Corpus/lspci/desktop-vvn.txt").path
        #expect(
            try run("label", "--lspci", listing, "--device", "00:19.0", "--context", "system_u:object_r:nic_t:s0")?.text
                == """
                # 0000:00:19.0 0200: 8086:10de (rev 02)
                pcidevicecon 0xc8 system_u:object_r:nic_t:s0
                pirqcon 33 system_u:object_r:nic_t:s0
                iomemcon 0xfebd9 system_u:object_r:nic_t:s0
                iomemcon 0xfebe0-0xfebff system_u:object_r:nic_t:s0
                ioportcon 0xecc0-0xecdf system_u:object_r:nic_t:s0

                """)
        #expect(try run("label", "--lspci", listing, "--device", "01:00.0")?.status == 2)
        for wrong in [["pci"], ["pci", "x"], ["disk", "1"], [], ["0x300"], ["irq", "1", "2"], ["--type", "a b", "irq", "1"], ["--device", "03:00.0"]] {
            #expect(try ProcessResult.run(#require(BuiltPackage.policyTool), ["label"] + wrong).status == 2, "\(wrong)")
        }
        try SmallPolicy.withFile { (path: String) throws in
            #expect(try run("label", "--coverage", path)?.status == 0)
            #expect(try run("label", "irq", "33", "--policy", path, "--type", "nobody_t")?.status == 2)
            let text = try #require(try run("label", "frames", "0xfebff-0xfec00", "--policy", path, "--format", "json")?.text)
            let object = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
            let label = try #require(((object["devices"] as? [[String: Any]])?.first?["labels"] as? [[String: Any]])?.first)
            let parts = try #require(label["inPolicy"] as? [[String: Any]])
            #expect(parts.map { $0["context"] as? String } == ["system_u:system_r:irq_t", nil] && parts.last?["initialSid"] as? String == "iomem")
        }
    }

    @Test("A difference and a counterexample are told as the documentation shows, with their status")
    func difference() throws {
        let tool = try #require(BuiltPackage.policyTool)
        let folder = try TemporaryFolder()
        func write(_ name: String, _ changes: [(String, String)]) throws {
            var text = SmallPolicy.text
            for (old, new) in changes { text = text.replacingOccurrences(of: old, with: new) }
            try Data(text.utf8).write(to: folder.url.appendingPathComponent(name))
        }
        try write("a.conf", [])
        try write(
            "b.conf",
            [
                ("{ pause unpause };", "{ pause transition };"), ("bool open true", "bool open false"), ("-0xfebff", "-0xfebef"),
                ("dontaudit domU_t xen_t:xen kexec;", "allow domain_type xen_t:xen kexec;"),
                ("allow domU_t irq_t:resource use;", "allow domU_t irq_t:resource { use add };"),
            ])
        try write("c.conf", [("strict && ! open", "strict && open")])
        let page = BuiltPackage.repository.appendingPathComponent("Documentation/xsm-policy.md")
        let documentation = try String(decoding: Data(contentsOf: page), as: UTF8.self)
        func run(_ arguments: String...) throws -> ProcessResult {
            try ProcessResult.run(tool, arguments, in: folder.url, collecting: .both)
        }
        for arguments in [["diff", "a.conf", "b.conf"], ["diff", "--assert-subset", "a.conf", "c.conf"]] {
            let told = try ProcessResult.run(tool, arguments, in: folder.url, collecting: .both)
            let shown = "$ xsm-policy \(arguments.joined(separator: " "))\n\(told.text)```"
            #expect(told.status == 1 && documentation.contains(shown), "\(told.text)")
        }
        try write("e.conf", [("(t2 != irq_t)", "(t2 != nobody_type)")])
        try write("f.conf", [("(t2 != irq_t)", "(t2 != nobody_type)"), ("type irq_t;", "type irq_t, nobody_type;")])
        let sameWords = try run("diff", "e.conf", "f.conf").text
        #expect(sameWords.contains("\n    # in the same words: what a name in it stands for is another\n"), "\(sameWords)")
        #expect(!sameWords.contains("    was constrain"), "\(sameWords)")
        #expect(try run("diff", "a.conf", "a.conf").status == 0 && run("diff", "a.conf", "a.conf").text.isEmpty)
        #expect(try run("diff", "--assert-subset", "b.conf", "b.conf").status == 0)
        #expect(
            try run("diff", "a.conf").status == 2 && run("diff", "-", "-").status == 2
                && run("diff", "a.conf", "d.conf").status == 2)
        let json =
            try JSONSerialization.jsonObject(with: Data(run("diff", "--format", "json", "a.conf", "b.conf").text.utf8))
            as? [String: Any]
        #expect(json?["equal"] as? Bool == false && (json?["rules"] as? [[String: Any]])?.count == 4)
        #expect((json?["differences"] as? [[String: Any]])?.map { $0["kind"] as? String } == ["booleans", "iomemcon"])
    }

    @Test("A flow is 0 where there is one and 1 where there is none; an assertion the other way round")
    func flow() throws {
        try SmallPolicy.withFile { (path: String) throws in
            #expect(try run("flow", path, "dom0_t", "domU_t")?.status == 0)
            #expect(try run("flow", path, "irq_t", "xen_t")?.status == 1)
            #expect(try run("flow", path, "dom0_t")?.status == 0)
            #expect(try run("flow", "--forbid", "irq_t:xen_t", path)?.text == "holds: nothing goes from irq_t to xen_t\n")
            #expect(try run("flow", "--forbid", "irq_t:xen_t", "--forbid", "dom0_t:domU_t", path)?.status == 1)
            #expect(try run("flow", "--forbid", "domU_t", path)?.status == 2)
            #expect(try run("flow", "--forbid", "domU_t:nobody_type", path)?.status == 2)
            #expect(try run("flow", path)?.status == 2)
            #expect(try run("flow", path, "dom1_t")?.text.contains("did you mean `dom0_t`") == true)
            #expect(try run("flow", "--weight", "11", path, "dom0_t")?.status == 2)
            #expect(try run("flow", "--permissions", path + ".missing", path, "dom0_t")?.status == 2)
            #expect(try run("flow", "--permissions", path, path, "dom0_t")?.text.contains(".conf:1: ") == true)
            #expect(try run("flow", "--print-permissions")?.text.contains("\nhvm dm ") == true)
            #expect(try run("flow", "--print-permissions=selinux")?.text.contains("\nprocess ptrace ") == true)
            let text = try #require(try run("flow", path, "dom0_t", "domU_t", "--brief", "--separate-views")?.text)
            #expect(text == """
                dom0_t reaches domU_t in 1 step: 1 path
                path 1: dom0_t → domU_t
                  dom0_t → domU_t
                    dom0_t writes domU_t:domain { create pause unpause }, weight 5

                """)
            let json = try #require(try run("flow", "--format", "json", path, "dom0_t", "domU_t")?.text)
            let object = try #require(JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
            let question = try #require((object["questions"] as? [[String: Any]])?.first)
            #expect(question["distance"] as? Int == 1 && (question["paths"] as? [[[String: Any]]])?.first?.first?["to"] as? String == "domU_t")
            #expect(try run("flow", "--format", "svg", path, "dom0_t")?.text.hasPrefix("<?xml") == true)
            #expect(try run("flow", "--format", "dot", path, "dom0_t", "domU_t")?.text.hasPrefix("digraph flow {") == true)
        }
    }

    @Test("What the documentation shows of flows is what is told")
    func flowExamples() throws {
        let text = try String(contentsOf: BuiltPackage.repository.appendingPathComponent("Documentation/xsm-policy.md"), encoding: .utf8)
        let start = try #require(text.range(of: "## flow\n"))
        let example = try #require(text[start.upperBound...].components(separatedBy: "```").dropFirst().first)
        guard let tool = BuiltPackage.policyTool else { return }
        var shown = 0
        for part in example.components(separatedBy: "$ xsm-policy ").dropFirst() {
            let lines = part.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
            let words = lines[0].split(separator: " ").map(String.init)
            #expect(try ProcessResult.run(tool, words, in: BuiltPackage.repository, collecting: .both).text == lines[1], "\(lines[0])")
            shown += 1
        }
        #expect(shown == 2)
    }
}
