import Foundation
import TestSupport

/// The features of SUPPORT.md: rows of tables with five columns, `FEATURE | STATUS | SECURITY | HELD BY | remarks`.
struct SupportTable {
    struct Feature {
        /// `command`, `option`, `library`, …
        let kind: String
        /// What it is of: a tool, or a tool and a command; empty where a kind has none.
        let owner: [String]
        let names: [String]
        let status: String
        /// Boundaries of SECURITY.md that are supported; empty for `no`.
        let boundaries: [String]
        /// Promises of SPECIFICATION.md; empty for `-`.
        let promises: [String]
        let line: Int
    }

    typealias Mistake = PromiseDocument.Mistake

    static let heading = ["Feature", "Status", "Security", "Held by", "Remarks"]
    static let statuses: Set<String> = ["Supported", "Preview", "Experimental", "Untested"]
    static let kinds: Set<String> = ["command", "option", "library", "release", "layer", "destination", "platform", "peer", "script", "file"]

    private(set) var features: [Feature] = []

    init(file: String) throws {
        try self.init(try String(contentsOf: BuiltPackage.repository.appendingPathComponent(file), encoding: .utf8))
    }

    init(_ text: String) throws(Mistake) {
        // Lines until a table of features begins, its rule of dashes, its rows.
        enum Part { case none, other, heading, rows }
        var (part, isExample) = (Part.none, false)
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let number = index + 1
            if line.hasPrefix("```") { isExample.toggle() }
            guard line.hasPrefix("|"), !isExample else {
                if part == .heading { throw Mistake(line: number, reason: "a table without rows") }
                part = .none
                continue
            }
            let cells = try Self.cells(line, number)
            switch part {
            case .none:
                part = cells.first == "Feature" ? .heading : .other
                guard part == .other || cells == Self.heading else {
                    throw Mistake(line: number, reason: "the columns are \(Self.heading.joined(separator: ", "))")
                }
            // Other tables are for people.
            case .other: break
            case .heading:
                guard cells.allSatisfy({ $0 == "---" }) else { throw Mistake(line: number, reason: "no line of dashes behind the heading") }
                part = .rows
            case .rows: try add(cells, number)
            }
        }
    }

    private static func cells(_ line: Substring, _ number: Int) throws(Mistake) -> [String] {
        guard line.count > 1, line.last == "|" else { throw Mistake(line: number, reason: "a row ends with |") }
        // `\|` is a character of a cell.
        return line.dropFirst().dropLast().replacing("\\|", with: "\u{0}").split(separator: "|", omittingEmptySubsequences: false)
            .map { $0.trimmingCharacters(in: .whitespaces).replacing("\u{0}", with: "|") }
    }

    private mutating func add(_ cells: [String], _ line: Int) throws(Mistake) {
        guard cells.count == Self.heading.count else {
            throw Mistake(line: line, reason: "\(cells.count) columns, where \(Self.heading.count) are to be")
        }
        guard cells[0].count > 2, cells[0].first == "`", cells[0].last == "`" else {
            throw Mistake(line: line, reason: "a feature stands in `backticks`: `\(cells[0])`")
        }
        let words = cells[0].dropFirst().dropLast().split(separator: " ").map(String.init)
        guard let kind = words.first, Self.kinds.contains(kind) else {
            throw Mistake(line: line, reason: "`\(cells[0])` begins with none of \(Self.kinds.sorted().joined(separator: ", "))")
        }
        // A command's owner is its tool; an option's all that is no option.
        let rest = Array(words.dropFirst())
        let owner: [String] =
            switch kind {
            case "command": Array(rest.prefix(1))
            case "option": Array(rest.prefix { !$0.hasPrefix("-") })
            default: []
            }
        let names = Array(rest.dropFirst(owner.count))
        guard !names.isEmpty, kind != "option" || (1...2).contains(owner.count), Set(names).count == names.count else {
            throw Mistake(line: line, reason: "`\(cells[0])` names nothing, or something twice")
        }
        guard Self.statuses.contains(cells[1]) else {
            throw Mistake(line: line, reason: "`\(cells[1])` is none of \(Self.statuses.sorted().joined(separator: ", "))")
        }
        let boundaries = try Self.identifiers(cells[2], none: "no", line)
        let promises = try Self.identifiers(cells[3], none: "-", line)
        if promises.isEmpty, cells[1] == "Supported" || cells[1] == "Preview" {
            throw Mistake(line: line, reason: "`\(cells[0])` is \(cells[1]), and nothing holds it")
        }
        if !boundaries.isEmpty, cells[1] != "Supported" {
            throw Mistake(line: line, reason: "`\(cells[0])` is security-supported, and only \(cells[1])")
        }
        if let twin = features.first(where: { $0.kind == kind && $0.owner == owner && !Set($0.names).isDisjoint(with: names) }) {
            throw Mistake(line: line, reason: "`\(cells[0])` is in line \(twin.line) as well")
        }
        features.append(
            Feature(kind: kind, owner: owner, names: names, status: cells[1], boundaries: boundaries, promises: promises, line: line))
    }

    private static func identifiers(_ cell: String, none: String, _ line: Int) throws(Mistake) -> [String] {
        if cell == none { return [] }
        let words = cell.split(separator: " ").map(String.init)
        guard !words.isEmpty, words.allSatisfy({ $0.wholeMatch(of: /[a-z][a-z0-9]*(-[a-z0-9]+)*/) != nil }) else {
            throw Mistake(line: line, reason: "`\(cell)` is neither `\(none)` nor identifiers with blanks between them")
        }
        return words
    }
}
