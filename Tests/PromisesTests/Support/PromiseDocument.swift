import Foundation
import TestSupport

/// A document of entries that a program reads too: each is a heading `### identifier`, sentences, and lines `    key: value`.
///
/// What is between an entry's heading and its lines is text; a heading of another kind ends the entry. Anything that looks like an
/// entry and is none is a mistake, so that nothing is passed over.
struct PromiseDocument {
    struct Entry {
        let identifier: String
        let line: Int
        /// The sentences, joined.
        var text = ""
        var values: [(key: String, value: String, line: Int)] = []

        func values(of key: String) -> [String] { values.filter { $0.key == key }.map(\.value) }
    }

    struct Mistake: Error, Equatable, CustomStringConvertible {
        let line: Int
        let reason: String

        var description: String { "line \(line): \(reason)" }
    }

    private(set) var entries: [Entry] = []

    /// Reads a file of the repository.
    init(file: String, keys: Set<String>) throws {
        try self.init(try String(contentsOf: BuiltPackage.repository.appendingPathComponent(file), encoding: .utf8), keys: keys)
    }

    init(_ text: String, keys: Set<String>) throws(Mistake) {
        var current: Entry?
        // Examples of the form stand between fences.
        var isExample = false
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let number = index + 1
            if line.hasPrefix("```") {
                isExample.toggle()
            } else if isExample {
                continue
            } else if line.hasPrefix("#") {
                try end(&current)
                if line.hasPrefix("### ") { current = try entry(String(line.dropFirst(4)), number) }
            } else if line.hasPrefix("    ") {
                guard current != nil else { throw Mistake(line: number, reason: "an indented line outside of any entry") }
                let parts = line.dropFirst(4).split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                let value = parts.count == 2 ? parts[1].drop { $0 == " " } : ""
                guard parts.count == 2, keys.contains(String(parts[0])), !value.isEmpty, value.last != " " else {
                    throw Mistake(line: number, reason: "`\(line)` is not one of \(keys.sorted().joined(separator: ", ")), a colon, and a value")
                }
                current?.values.append((String(parts[0]), String(value), number))
            } else if line.contains("\t") {
                throw Mistake(line: number, reason: "a tab")
            } else if !line.isEmpty, let entry = current {
                guard entry.values.isEmpty else { throw Mistake(line: number, reason: "a sentence behind the values of `\(entry.identifier)`") }
                current?.text += (entry.text.isEmpty ? "" : " ") + line
            }
        }
        guard !isExample else { throw Mistake(line: 0, reason: "an example without an end") }
        try end(&current)
    }

    private func entry(_ identifier: String, _ line: Int) throws(Mistake) -> Entry {
        guard identifier.wholeMatch(of: /[a-z][a-z0-9]*(-[a-z0-9]+)*/) != nil else {
            throw Mistake(line: line, reason: "`\(identifier)` is no identifier: lower-case words with - between them")
        }
        guard !entries.contains(where: { $0.identifier == identifier }) else {
            throw Mistake(line: line, reason: "`\(identifier)` is there twice")
        }
        return Entry(identifier: identifier, line: line)
    }

    private mutating func end(_ current: inout Entry?) throws(Mistake) {
        guard let entry = current else { return }
        guard !entry.text.isEmpty else { throw Mistake(line: entry.line, reason: "`\(entry.identifier)` says nothing") }
        guard !entry.values.isEmpty else { throw Mistake(line: entry.line, reason: "nothing holds `\(entry.identifier)`") }
        entries.append(entry)
        current = nil
    }
}
