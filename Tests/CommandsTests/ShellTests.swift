import Foundation
import TestSupport
import Testing

@Suite("Shells complete the command lines of every tool")
struct ShellTests {
    @Test("Commands, and the options of each, as its help has them", arguments: BuiltTool.all)
    func candidates(tool: BuiltTool) throws {
        func candidates(_ words: [String]) throws -> [String] {
            try tool.run(["complete", "zsh", ""] + words).text.split(separator: "\n").map(String.init)
        }
        let commands = try tool.beginnings()
        if commands != [[]] {
            #expect(try candidates([""]) == commands.map { $0[0] } + ["help", "completion", "--help", "--version"])
            #expect(try candidates(["help", ""]) == commands.map { $0[0] })
            #expect(try candidates(["completion", ""]) == ["bash", "zsh", "fish"])
        }
        for command in commands {
            #expect(try candidates(command + ["--"]) == BuiltTool.options(in: tool.help(command)).compactMap { $0.last }.filter { $0.hasPrefix("--") }, "\(command)")
        }
    }

    @Test("Words that a value can be")
    func choices() throws {
        for (tool, words, wanted) in [
            (0, ["--format", ""], ["text", "json", "sarif"]), (0, ["--layout="], ["--layout=3.5", "--layout=3.6"]), (0, ["--explain", "unknown-ty"], ["unknown-type"]),
            (2, ["report", "--format=h"], ["--format=html"]), (3, ["run", "--xsm", "s"], ["silo"]), (4, ["trace", "--by", ""], ["notify", "log"]),
        ] {
            let result = try BuiltTool.all[tool].run(["complete", "zsh", ""] + words)
            #expect(result.text.split(separator: "\n").map(String.init) == wanted, "\(words)")
        }
    }

    @Test("bash, zsh and fish take what they are given, and ask", arguments: BuiltTool.all, ["bash", "zsh", "fish"])
    func shells(tool: BuiltTool, name: String) throws {
        guard let shell = BuiltPackage.executable(URL(fileURLWithPath: "/usr/bin/\(name)")) else { return Peer.missing("\(name), which `scripts/setup test` installs: nothing was completed by it") }
        let program = try tool.program
        let words = try #require(try tool.beginnings().first)
        let function = "_" + tool.name.replacingOccurrences(of: "-", with: "_")
        let line = ([tool.name] + words).joined(separator: " ") + " --hel"
        let asked = switch name {
        case "bash": "COMP_LINE='\(line)'; COMP_POINT=${#COMP_LINE}; \(function); echo \"${COMPREPLY[*]}\""
        case "zsh": "words=(\(line)); CURRENT=\(words.count + 2); \(function)"
        default: "complete -C '\(line)'"
        }
        // The completion system of zsh is there in interactive shells only.
        let before = name == "zsh" ? "compdef() {}; compadd() { print -l -- ${(P)2}; }; _files() {}\n" : ""
        let load = name == "fish" ? "\(tool.name) completion fish | source" : "eval \"$(\(tool.name) completion \(name))\""
        let folder = try TemporaryFolder()
        let result = try ProcessResult.run(
            URL(fileURLWithPath: "/usr/bin/env"),
            ["PATH=\(program.deletingLastPathComponent().path):/usr/bin:/bin", "HOME=\(folder.url.path)", shell.path]
                + (name == "bash" ? ["--norc"] : name == "zsh" ? ["-f"] : ["--no-config"]) + ["-c", "\(before)\(load)\n\(asked)\n"])
        #expect(result.text == "--help\n", "\(result.text)")
    }
}
