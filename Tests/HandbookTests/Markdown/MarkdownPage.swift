import Foundation
import TestSupport

/// A page of the repository: its headings, its links, and what stands in it as code.
struct MarkdownPage {
    struct Link: Equatable {
        let line: Int
        let target: String
    }

    struct Code: Equatable {
        let line: Int
        let text: String
    }

    /// From the repository's folder.
    let path: String
    private(set) var anchors: Set<String> = []
    private(set) var links: [Link] = []
    /// What stands between backticks, and the commands of blocks: lines that begin with `$`.
    private(set) var code: [Code] = []

    init(_ path: String, _ text: String) {
        self.path = path
        var fence: String?
        var counts: [String: Int] = [:]
        var prose: [(line: Int, text: String)] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init).enumerated() {
            let trimmed = line.drop { $0 == " " }
            if let open = fence {
                if trimmed == open { fence = nil }
                if line.hasPrefix("$ ") { code.append(.init(line: index + 1, text: String(line.dropFirst(2)))) }
                continue
            }
            if trimmed.hasPrefix("```") {
                fence = String(trimmed.prefix { $0 == "`" })
                continue
            }
            if let heading = line.prefixMatch(of: /#{1,6} +(.*)/) {
                let slug = Self.slug(String(heading.output.1))
                let count = counts[slug, default: 0]
                counts[slug] = count + 1
                anchors.insert(count == 0 ? slug : "\(slug)-\(count)")
            }
            prose.append((index + 1, line))
        }
        for (line, text) in prose { readProse(text, at: line) }
    }

    private mutating func readProse(_ text: String, at line: Int) {
        for match in text.matches(of: /`([^`]+)`/) { code.append(.init(line: line, text: String(match.output.1))) }
        // A link's text may be code, and code may look like a link.
        let withoutCode = text.replacing(/`[^`]*`/, with: "code")
        for match in withoutCode.matches(of: /\]\(([^()\s]+)\)/) { links.append(.init(line: line, target: String(match.output.1))) }
        for match in withoutCode.matches(of: /<a id="([^"]+)">/) { anchors.insert(String(match.output.1)) }
    }

    /// What a heading is called in addresses: small letters, digits, `-` and `_`, and `-` for blanks.
    static func slug(_ heading: String) -> String {
        let text = heading.replacing(/\[([^\]]*)\]\([^)]*\)/) { $0.output.1 }.trimmingCharacters(in: .whitespaces).lowercased()
        return String(text.compactMap { $0 == " " ? "-" : $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" ? $0 : nil })
    }

    // MARK: All pages

    /// Documents of the repository: those in its folder, `Documentation`, and what lies beside policies.
    static func all() throws -> [MarkdownPage] {
        let files = FileManager.default
        let root = BuiltPackage.repository
        var paths = try files.contentsOfDirectory(atPath: root.path).filter { $0.hasSuffix(".md") }
        for folder in ["Documentation", "Policies"] {
            // The links of an enumerator's folder are not followed, and it may be one.
            let url = root.appending(path: folder).resolvingSymlinksInPath()
            paths += (files.enumerator(atPath: url.path)?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".md") }.map { folder + "/" + $0 }
        }
        return try paths.sorted().map { MarkdownPage($0, try String(contentsOf: root.appending(path: $0), encoding: .utf8)) }
    }
}
