import Foundation
import TestSupport
import Testing

@Suite("Every command tells of itself in the same way")
struct HelpTests {
    @Test("Help fits a screen of sixty lines of eighty columns, and has an example and what it exits with", arguments: BuiltTool.all)
    func help(tool: BuiltTool) throws {
        for command in try [[]] + tool.beginnings() {
            let result = try tool.run(command + ["--help"])
            let lines = result.text.split(separator: "\n", omittingEmptySubsequences: false)
            let name = ([tool.name] + command).joined(separator: " ")
            #expect(result.status == 0, "\(name)")
            #expect(lines[0].hasPrefix("usage: \(name) "), "\(lines[0])")
            #expect(lines.count <= 61, "\(name): \(lines.count) lines")
            for line in lines where line.count > 80 { Issue.record("\(name): \(line.count) columns: \(line)") }
            #expect(lines.contains { $0 == "example:" || $0 == "examples:" }, "\(name) has no example")
            #expect(lines.contains { $0.hasPrefix("exit status: ") }, "\(name) does not say what it exits with")
            #expect(lines.last == "" && lines.dropLast().last != "", "\(name) ends with an empty line")
        }
    }

    @Test("`-h`, `--help` and `help COMMAND` are one", arguments: BuiltTool.all)
    func ways(tool: BuiltTool) throws {
        for command in try tool.beginnings() {
            let long = try tool.run(command + ["--help"]).output
            #expect(try tool.run(command + ["-h"]).output == long, "\(command)")
            if !command.isEmpty { #expect(try tool.run(["help"] + command).output == long, "\(command)") }
        }
        if try tool.beginnings() != [[]] {
            #expect(try tool.run(["help", "nonsense"]).status == 2)
            #expect(try tool.run(["help"]).output == tool.run(["--help"]).output)
        }
    }

    @Test("Tools have one version", arguments: BuiltTool.all)
    func version(tool: BuiltTool) throws {
        let result = try tool.run(["--version"])
        #expect(result.status == 0)
        #expect(result.text.wholeMatch(of: /(xsm-[a-z]+) (\d+\.\d+\.\d+)\n/).map { ["\($0.1)", "\($0.2)"] } == [tool.name, "0.1.0"], "\(result.text)")
    }

    @Test("A command line that is wrong has one status, says so in a line, and where there is help", arguments: BuiltTool.all)
    func mistakes(tool: BuiltTool) throws {
        // What stands behind a program's name is the program's, and QEMU's words are QEMU's.
        for command in try tool.beginnings() where command != ["qemu"] {
            let result = try tool.run(command + ["--no-such-option"])
            #expect(result.status == 2, "\(command)")
            #expect(result.text == "error: there is no option `--no-such-option`\nsee `\(([tool.name] + command).joined(separator: " ")) --help`\n", "\(command): \(result.text)")
        }
        if try tool.beginnings() != [[]] {
            for words in [[], ["nonsense"], ["--nonsense"]] {
                let result = try tool.run(words)
                #expect(result.status == 2 && result.text.hasPrefix("error: there is no ") && result.text.hasSuffix("\nsee `\(tool.name) --help`\n"), "\(result.text)")
            }
        }
    }

    @Test("Examples use commands and options that there are", arguments: BuiltTool.all)
    func examples(tool: BuiltTool) throws {
        let commands = try tool.beginnings()
        var count = 0
        for command in [[]] + commands {
            let help = try tool.run(command + ["--help"]).text.replacingOccurrences(of: "\\\n", with: "")
            let text = help.components(separatedBy: "\nexample").last ?? ""
            for line in text.split(separator: "\n") {
                guard let start = line.range(of: tool.name + " ", options: .backwards), line.hasPrefix("  "), !line.hasPrefix("  #"), !line.contains("ln -s") else { continue }
                let words = line[start.upperBound...].split(separator: " ").map(String.init)
                let asked = commands == [[]] ? [] : [words[0]]
                #expect(commands.contains(asked), "\(line)")
                let options = Set(try BuiltTool.options(in: tool.help(asked)).joined())
                // Behind a program's name stand its own.
                let own = words.firstIndex { $0.hasPrefix("/") && !["xsm-audit", "xsm-compile"].contains(tool.name) } ?? words.endIndex
                for option in words[..<own] where option.hasPrefix("-") && option != "-" {
                    let name = String(option.prefix { $0 != "=" })
                    #expect(options.contains(name), "`\(name)` in `\(line)`")
                }
                count += 1
            }
        }
        #expect(count > commands.count)
    }

    /// What every command has that answers in more than one form is called alike.
    @Test("Options of several tools have one name, one letter and one value")
    func consistency() throws {
        var meanings: [String: Set<String>] = [:]
        for tool in BuiltTool.all {
            for command in try tool.beginnings() {
                for option in try BuiltTool.options(in: tool.help(command)) {
                    guard let name = option.last, name.hasPrefix("--") else { continue }
                    meanings[name, default: []].insert(option.count > 1 ? option[0] : "")
                }
            }
        }
        try #require(meanings.count > 80)
        for (name, letters) in meanings { #expect(letters.count == 1, "\(name): \(letters.sorted())") }
        #expect(meanings["--help"] == ["-h"])
    }
}
