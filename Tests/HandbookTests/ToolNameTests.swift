import Foundation
import TestSupport
import Testing

@Suite("Commands and options that documents name are there")
struct ToolNameTests {
    /// A use of a tool in a document: its words up to what ends a command.
    private func uses(of tool: String, in code: String) -> [[String]] {
        code.split(whereSeparator: { "|;&()\n".contains($0) }).compactMap { part in
            var words = part.split(separator: " ").map(String.init)
            if let comment = words.firstIndex(of: "#") { words.removeSubrange(comment...) }
            // Before the tool may stand assignments.
            while let first = words.first, first.contains("="), !first.hasPrefix("-") { words.removeFirst() }
            return words.first == tool ? words : nil
        }
    }

    @Test(
        "of each tool", arguments: ["xsm-audit", "xsm-compile", "xsm-hypervisor", "xsm-launch", "xsm-policy"])
    func names(tool: String) throws {
        let known = try BuiltTool.named(tool)
        let commands = try known.commands()
        let hasCommands = tool != "xsm-compile"
        #expect(!hasCommands || commands.count > 3)
        var helps: [String?: String] = [nil: try known.help()]
        var count = 0
        for page in try MarkdownPage.all() {
            for code in page.code {
                for words in uses(of: tool, in: code.text) {
                    count += 1
                    let command = hasCommands ? words.dropFirst().first { $0.allSatisfy { $0.isLowercase } } : nil
                    // What every tool can be asked about itself.
                    if ["help", "completion", "manual"].contains(command) { continue }
                    if let command, words[1] == command {
                        let isThere = commands.contains(command)
                        #expect(isThere, "\(page.path):\(code.line): `\(tool)` has no command `\(command)`")
                        guard isThere else { continue }
                        if helps[command] == nil { helps[command] = try known.help([command]) }
                    }
                    for word in words.dropFirst() where word.hasPrefix("--") && word.count > 2 {
                        let option = String(word.prefix { $0 != "=" && $0 != "]" })
                        let isThere = helps[command]?.contains(option) == true || helps[nil]?.contains(option) == true
                        #expect(isThere, "\(page.path):\(code.line): `\(words.prefix(2).joined(separator: " "))` has no option `\(option)`")
                    }
                }
            }
        }
        #expect(count > 5, "few uses were found: \(count)")
    }
}
