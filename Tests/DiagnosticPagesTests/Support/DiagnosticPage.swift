import Foundation

/// A page of Documentation/diagnostics: its head, and the files, commands and output of its example.
struct DiagnosticPage {
    let code: String
    let severities: [String]
    let area: String
    let summary: String
    /// Named by their paths; the text is as it is to be written.
    private(set) var files: [(path: String, text: String)] = []
    /// The words of each command, without the tool's name.
    private(set) var commands: [[String]] = []
    /// Whether it is `xsm-policy` that tells it, and not the compiler.
    private(set) var isOfPolicyTool = false
    /// What the commands print to the standard error.
    private(set) var output = ""
    /// The page's lines, and which of them hold `output`.
    private let lines: [String]
    private var outputLines = 0..<0

    struct Malformed: Error {
        let page: String
        let reason: String
    }

    init(_ code: String, _ text: String) throws {
        self.code = code
        lines = text.components(separatedBy: "\n")
        let head = lines.count > 4 ? lines[2].components(separatedBy: " · ") : []
        guard lines.first == "# \(code)", head.count == 2 else {
            throw Malformed(page: code, reason: "the head is not that of a page")
        }
        severities = head[0].components(separatedBy: " or ")
        area = head[1]
        summary = lines[4]
        try readBlocks()
    }

    private mutating func readBlocks() throws {
        var index = 0
        while index < lines.count {
            guard lines[index].hasPrefix("```") else {
                index += 1
                continue
            }
            let words = lines[index].dropFirst(3).split(separator: " ")
            guard let name = words.first, let end = lines[(index + 1)...].firstIndex(of: "```") else {
                throw Malformed(page: code, reason: "line \(index + 1): a block without a name or an end")
            }
            let block = (index + 1)..<end
            if name == "console" {
                readConsole(block)
            } else {
                let text = lines[block].joined(separator: "\n") + (words.contains("no-newline") ? "" : "\n")
                files.append((String(name), text))
            }
            index = end + 1
        }
    }

    private mutating func readConsole(_ block: Range<Int>) {
        let count = lines[block].prefix { $0.hasPrefix("$ ") }.count
        for line in lines[block].prefix(count) {
            isOfPolicyTool = line.hasPrefix("$ xsm-policy ")
            commands.append(line.dropFirst(2).split(separator: " ").dropFirst().map(String.init))
        }
        outputLines = (block.lowerBound + count)..<block.upperBound
        output = lines[outputLines].joined(separator: "\n")
    }

    /// Writes the files of the example.
    func writeFiles(to directory: URL) throws {
        for file in files {
            let url = directory.appendingPathComponent(file.path)
            try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(file.text.utf8).write(to: url)
        }
    }

    /// The page with another output.
    func recording(_ output: String) -> String {
        (lines[..<outputLines.lowerBound] + output.components(separatedBy: "\n") + lines[outputLines.upperBound...])
            .joined(separator: "\n")
    }

    // MARK: All pages

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    static let folder = root.appendingPathComponent("Documentation/diagnostics")

    static func url(_ code: String) -> URL { folder.appendingPathComponent(code + ".md") }

    /// The codes that have a page.
    static func codes() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".md") && $0 != "README.md" }
            .map { String($0.dropLast(3)) }.sorted()
    }

    static func page(_ code: String) throws -> DiagnosticPage {
        try DiagnosticPage(code, String(contentsOf: url(code), encoding: .utf8))
    }
}
