import Foundation
import FoundationXML
import TestSupport
import Testing

@Suite("xsm-policy test tells what came of assertions")
struct TestCommandTests {
    private static let assertions = """
        test "good"
            allow dom0_t domU_t:domain create
        test "<bad> & 'worse' ]]> \u{fffe}"
            deny dom0_t domU_t:domain { create pause }
            allow dom0_t domU_t:domain pause
        test "gone"
            deny gone_t? domU_t:domain create

        """

    private func run(_ arguments: String..., assertions: String = assertions) throws -> ProcessResult {
        let tool = try #require(BuiltPackage.policyTool)
        let folder = try TemporaryFolder()
        let path = folder.url.path
        try Data(SmallPolicy.text.utf8).write(to: folder.url.appendingPathComponent("small.conf"))
        try Data(assertions.utf8).write(to: folder.url.appendingPathComponent("a.assertions"))
        return try ProcessResult.run(tool, ["test"] + arguments + [path + "/small.conf", path + "/a.assertions"], collecting: .both)
    }

    @Test("0 where all hold, 1 where one does not, 2 where a name or a line is wrong")
    func statuses() throws {
        #expect(try run().status == 1)
        #expect(try run("--only", "good").status == 0)
        #expect(try run("--only", "/^g/").status == 0)
        let none = try run("--only", "none")
        #expect(none.status == 1 && none.text == "no test has the name that was asked for\n", "\(none.text)")
        let quiet = try run("--quiet").text
        #expect(quiet.hasPrefix("FAIL  <bad>") && quiet.hasSuffix("3 tests (1 failed) (1 skipped), 4 assertions (1 failed) (1 skipped)\n"), "\(quiet)")
        #expect(try run("--quiet", "--only", "good").text == "")
        for empty in ["", "# nothing\n"] { #expect(try run(assertions: empty).text.contains("the file asserts nothing")) }
        #expect(try run(assertions: "allow dom0_t domU_t:domain create").status == 0)
        let mistaken = try run(assertions: "test \"a\"\nallow dom1_t domU_t:domain create")
        #expect(mistaken.status == 2 && mistaken.text.contains("a.assertions:2:7") && mistaken.text.contains("did you mean `dom0_t`"))
        #expect(try run(assertions: "").status == 2)
        // What is wrong with a test that nobody asks for does not matter.
        let two = "test \"good\"\nallow dom0_t domU_t:domain create\ntest \"bad\"\nallow dom1_t domU_t:domain create"
        #expect(try run(assertions: two).status == 2)
        let good = try run("--only", "good", assertions: two)
        #expect(good.status == 0 && good.text == "ok    good\n1 test, 1 assertion\n", "\(good.text)")
        #expect(try run("--only", "bad", assertions: two).status == 2)
    }

    @Test("The text names tests, lines, and the rules that are to blame with theirs")
    func text() throws {
        let text = try run().text
        #expect(text.contains("ok    good\n") && text.contains("skip  gone\n") && text.contains("FAIL  <bad>"))
        #expect(text.contains("a.assertions:4:5: deny dom0_t domU_t:domain { create pause }\n    `dom0_t` may { create pause } `domU_t:domain`\n"))
        #expect(text.contains("allow dom0_t domain_type:domain { create pause };") && text.contains("small.conf:19"))
        #expect(text.hasSuffix("3 tests (1 failed) (1 skipped), 4 assertions (1 failed) (1 skipped)\n"))
    }

    @Test("JSON says the same in parts")
    func json() throws {
        let object = try #require(JSONSerialization.jsonObject(with: Data(try run("--format", "json").text.utf8)) as? [String: Any])
        #expect(object["holds"] as? Bool == false && object["version"] as? Int == 1)
        let tests = try #require(object["tests"] as? [[String: Any]])
        #expect(tests.map { $0["outcome"] as? String } == ["holds", "fails", "skipped"])
        let failed = try #require((tests[1]["assertions"] as? [[String: Any]])?.first)
        #expect(failed["line"] as? Int == 4 && failed["failureCount"] as? Int == 2)
        let rule = ((failed["failures"] as? [[String: Any]])?.first?["rules"] as? [[String: Any]])?.first
        for (only, holds) in [("good", true), ("none", false), ("gone", true), ("/bad/", false)] {
            let result = try run("--format", "json", "--only", only)
            let object = try #require(JSONSerialization.jsonObject(with: Data(result.text.utf8)) as? [String: Any])
            #expect(object["holds"] as? Bool == holds && result.status == (holds ? 0 : 1), "\(only)")
        }
        #expect(rule?["statement"] as? String == "allow dom0_t domU_t:domain { pause };" || rule?["kind"] as? String == "allow")
    }

    @Test("JUnit's XML is well-formed whatever tests are called, and counts right")
    func junit() throws {
        final class Reader: NSObject, XMLParserDelegate {
            var elements: [(name: String, attributes: [String: String])] = []
            func parser(
                _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?, attributes: [String: String]
            ) { elements.append((name, attributes)) }
        }
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        for round in 0..<6 {
            var names = (0..<5).map { _ in
                String(String.UnicodeScalarView((0..<12).compactMap { _ in Unicode.Scalar(UInt32(random.percent(70) ? 32 + random.below(96) : random.below(0x11_0000))) }))
                    .filter { !"\"\u{7f}".contains($0) && !$0.unicodeScalars.contains { $0.value < 32 } }
            }
            if round == 0 { names = ["<bad> & 'worse' ]]> \u{fffe}\u{ffff}\u{85}", "]]>", "<!--", "&amp;", "é\u{1f600}"] }
            let text = names.map { "test \"\($0)\"\n  deny dom0_t domU_t:domain create\n  allow dom0_t domU_t:domain pause\n" }.joined()
            let result = try run("--format", "junit", assertions: text)
            let reader = Reader()
            let parser = XMLParser(data: Data(result.text.utf8))
            parser.delegate = reader
            #expect(parser.parse(), "seed \(seed): \(String(describing: parser.parserError)) \(result.text)")
            #expect(reader.elements.first?.name == "testsuites" && reader.elements.first?.attributes["failures"] == "5", "seed \(seed)")
            #expect(reader.elements.filter { $0.name == "testcase" }.count == 5 && reader.elements.filter { $0.name == "failure" }.count == 5)
            if round == 0 { #expect(reader.elements.first { $0.name == "testcase" }?.attributes["name"] == "<bad> & 'worse' ]]> \\u{fffe}\\u{ffff}\\u{85}") }
        }
    }
}
