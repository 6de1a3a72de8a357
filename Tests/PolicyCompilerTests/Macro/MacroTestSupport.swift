import Diagnostics
import Foundation
import PolicyCompiler
import TestSupport
import Testing

/// Files that exist only in a test.
struct MacroTestFiles: SourceReader {
    var files: [String: [UInt8]] = [:]

    init(_ files: [String: String] = [:]) {
        self.files = files.mapValues { Array($0.utf8) }
    }

    func contents(of path: String) throws(SourceReadError) -> [UInt8]? {
        if path == "unreadable" { throw SourceReadError(path: path, reason: "permission denied") }
        return files[path]
    }

    func entries(of directory: String) throws(SourceReadError) -> [String]? { nil }
}

/// One macro run of a test, with what is needed to look at it.
struct MacroTestRun {
    let result: MacroResult
    let map: SourceMap

    init(
        _ files: [(name: String, bytes: [UInt8])], options: MacroProcessor.Options = .init(),
        included: MacroTestFiles = MacroTestFiles()
    ) throws {
        var map = SourceMap()
        var inputs: [SourceFile] = []
        for file in files { inputs.append(try map.add(name: file.name, bytes: file.bytes)) }
        result = MacroProcessor.expand(inputs, options: options, reader: included, map: &map)
        self.map = map
    }

    init(
        _ text: String, options: MacroProcessor.Options = .init(), included: MacroTestFiles = MacroTestFiles()
    ) throws {
        try self.init([("test.m4", Array(text.utf8))], options: options, included: included)
    }

    var text: String { String(decoding: result.text.bytes, as: UTF8.self) }

    var codes: [String] { result.diagnostics.map(\.code.name) }

    /// `file:line:column` of a position.
    func place(_ position: SourcePosition) -> String {
        guard let file = map.file(at: position) else { return "nowhere" }
        let place = file.lineAndColumn(at: file.offset(of: position))
        return "\(file.name):\(place.line):\(place.column)"
    }

    /// Where the first occurrence of `word` in the output comes from: its place, and behind `<` each macro with the
    /// place of its call, innermost first.
    func origin(of word: String) -> String {
        guard let range = result.text.bytes.firstRange(of: Array(word.utf8)) else { return "absent" }
        let (position, expansion) = result.text.origin(of: range.lowerBound)
        let calls = map.stack(of: expansion).map { " < \(map.macroNames[Int($0.macro)]) \(place($0.call))" }
        return place(position) + calls.joined()
    }
}

/// GNU m4, with which the processor must agree byte for byte.
enum PeerM4 {
    /// Whether the peer is there. Its absence fails the tests where everything must be tested.
    static func isAvailable() -> Bool { Peers.required(Peers.m4, "GNU m4") != nil }

    /// What m4 writes to its standard output for files in a directory.
    static func output(of files: [String], in directory: URL, arguments: [String] = []) throws -> [UInt8] {
        // Through `env`, because `__program__` is the name that the program is called by.
        try ProcessResult.run(
            URL(fileURLWithPath: "/usr/bin/env"), ["m4"] + arguments + files, in: directory, collecting: .standard
        ).output
    }

    /// Runs both on the same files and expects the same output.
    static func expectAgreement(
        _ files: [(name: String, text: String)], included: [String: String] = [:],
        options: MacroProcessor.Options = .init(), label: String
    ) throws {
        var options = options
        options.limits.calls = 6_000
        options.limits.outputBytes = 8 << 20
        options.limits.pendingPieces = 30_000
        let run = try MacroTestRun(
            files.map { ($0.name, Array($0.text.utf8)) }, options: options, included: MacroTestFiles(included))
        guard !run.codes.contains("macro-runaway") else { return }
        let folder = try TemporaryFolder()
        let directory = folder.url
        for (name, text) in files.map({ ($0.name, $0.text) }) + included.map({ ($0.key, $0.value) }) {
            try Data(text.utf8).write(to: directory.appendingPathComponent(name))
        }
        var arguments = options.syncLines ? ["-s"] : []
        for (name, value) in options.definitions { arguments += ["-D", "\(name)=\(value)"] }
        for directory in options.includeDirectories { arguments += ["-I", directory] }
        let expected = try output(of: files.map(\.name), in: directory, arguments: arguments)
        guard run.result.text.bytes != expected else { return }
        let input = files.map { "--- \($0.name)\n\($0.text)" }.joined(separator: "\n")
        Issue.record(
            """
            \(label): the output differs from that of m4 \(arguments)
            \(input)
            --- m4
            \(String(decoding: expected.prefix(4000), as: UTF8.self))
            --- ours
            \(String(decoding: run.result.text.bytes.prefix(4000), as: UTF8.self))
            """)
    }
}
