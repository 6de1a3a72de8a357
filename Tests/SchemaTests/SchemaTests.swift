import Foundation
import TestSupport
import Testing

@Suite("What our tools write is as its schema says")
struct SchemaTests {
    /// What no output has, and why.
    private static let unseen = [
        "audit-suggest.schema.json#/$defs/suggestion/properties/madeTypes/items/properties/place/oneOf/1":
            "a transition without a place is one of text that macros made without a call",
        "definitions.schema.json#/$defs/cause/oneOf/14/properties/statement/oneOf/1":
            "hardware gets another context without a statement only where an initial SID is another's",
        "diagnostics.schema.json#/properties/diagnostics/items/properties/labels/items/properties/location/oneOf/1": "our labels all have places",
        "diagnostics.schema.json#/properties/diagnostics/items/properties/suggestion/oneOf/0/properties/location/oneOf/1":
            "our suggestions all have places",
        "launch-trace.schema.json#/properties/end/oneOf/2": "a launcher would have to be killed while it traces",
    ]

    @Test("Each schema is one, and lets nothing through that it does not name and describe")
    func schemas() throws {
        guard let whole = Examination.whole else { return }
        #expect(whole.examination.invalid.isEmpty)
    }

    @Test("Each output is as its schema says")
    func outputs() throws {
        guard let whole = Examination.whole else { return }
        #expect(whole.errors.isEmpty)
        #expect(whole.examination.refused.isEmpty)
        #expect(whole.examination.documents > (Examination.launches ? 120 : 105))
    }

    @Test("An output with a member less, with one more, or with one of another type is refused")
    func changedOutputs() throws {
        guard let whole = Examination.whole, whole.examination.refused.isEmpty else { return }
        #expect(whole.examination.accepted.isEmpty)
        #expect(whole.examination.mutations > 4_000)
    }

    @Test("Each member and each kind that a schema has is in some output")
    func coverage() throws {
        guard let whole = Examination.whole, whole.examination.refused.isEmpty else { return }
        let unseen = whole.examination.unseen.filter { Examination.launches || !$0.hasPrefix("launch-") }
        #expect(unseen.filter { Self.unseen[$0] == nil }.isEmpty)
        for (place, reason) in Self.unseen where Examination.launches || !place.hasPrefix("launch-") {
            #expect(unseen.contains(place), "\(place) is in an output by now: \(reason)")
        }
    }

    @Test("Words among which a member chooses, and that no output has, are words of the sources")
    func words() throws {
        guard let whole = Examination.whole, whole.examination.refused.isEmpty else { return }
        let sources = BuiltPackage.repository.appendingPathComponent("Sources").resolvingSymlinksInPath()
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        var said: Set<Substring> = []
        for case let file as URL in files where file.pathExtension == "swift" {
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                if line.contains("case ") { said.formUnion(line.split { !$0.isLetter }) }
                let quoted = line.split(separator: "\"", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }
                said.formUnion(quoted.map(\.element))
            }
        }
        for entry in whole.examination.words {
            let word = try #require(entry.split(separator: " ").last)
            #expect(said.contains(word), "\(entry)")
        }
        // Some are: what would be looked for in vain would not be missed otherwise.
        #expect(!said.contains("no-such-word"))
    }

    // MARK: The list of schemas

    /// The README's table: each command as it begins, and its schema.
    private static func listed() throws -> [(command: String, schema: String)] {
        let text = try String(contentsOf: Examination.schemas.appendingPathComponent("README.md"), encoding: .utf8)
        return text.split(separator: "\n").filter { $0.hasPrefix("| `") }.compactMap { line in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 2, let command = cells[0].split(separator: "`").first, let schema = cells[1].split(separator: "(").last else { return nil }
            return (String(command), String(schema.dropLast()))
        }
    }

    @Test("The list of schemas has each of them, and each command in it was run")
    func list() throws {
        let listed = try Self.listed()
        let files = try FileManager.default.contentsOfDirectory(atPath: Examination.schemas.path).filter { $0.hasSuffix(".schema.json") }
        #expect(Set(listed.map(\.schema)).union(["definitions.schema.json"]) == Set(files))
        guard let whole = Examination.whole else { return }
        for (command, schema) in listed where Examination.launches || !schema.hasPrefix("launch-") {
            // A record is a file, and not what a command says.
            let words = command.hasPrefix("/") ? ["cat"] : command.split(separator: " ").map(String.init)
            let rows = whole.rows.filter { $0.schema + ".schema.json" == schema }
            let isRun = rows.contains { row in
                words.allSatisfy { row.command.split(separator: " ").contains(Substring($0)) } || row.command.hasPrefix("traced")
            }
            #expect(isRun, "\(command)")
        }
    }

    /// Those that have an option by which they tell JSON.
    private static func commandsWithJSON(of tool: URL) throws -> [String] {
        func help(_ words: [String]) throws -> String? {
            let result = try ProcessResult.run(tool, words + ["--help"], collecting: .standard)
            return result.status == 0 ? result.text : nil
        }
        func hasJSON(_ text: String) -> Bool { text.split(separator: "\n").contains { $0.contains(#/^ *(-., )?--(format|plan)[ =]\S*json/#) } }
        let name = tool.lastPathComponent
        let text = try #require(try help([]))
        var words: Set<String> = []
        for line in text.split(separator: "\n") {
            if let match = line.firstMatch(of: #/^  ([a-z]+)  +\S/#) { words.insert(String(match.1)) }
            let usage = try Regex("^(usage:| {6}) \(name) ([a-z]+)", as: (Substring, Substring, Substring).self)
            if let match = line.firstMatch(of: usage) { words.insert(String(match.output.2)) }
        }
        var found = hasJSON(text) ? [name] : []
        for word in words.sorted() where try help([word]).map(hasJSON) == true { found.append("\(name) \(word)") }
        return found
    }

    @Test("Each command that tells JSON has its schema in the list")
    func commands() throws {
        let listed = try Self.listed()
        // They take the option, and have nothing to tell by it.
        let silent = ["xsm-audit serve", "xsm-launch exec"]
        var count = 0
        for tool in [BuiltPackage.compiler, BuiltPackage.policyTool, BuiltPackage.auditTool, BuiltPackage.hypervisor, BuiltPackage.launcher] {
            for command in try Self.commandsWithJSON(of: try #require(tool)) where !silent.contains(command) {
                #expect(listed.contains { $0.command == command || $0.command.hasPrefix(command + " ") }, "\(command)")
                count += 1
            }
        }
        #expect(count >= 23)
    }
}
