public import Flask
import PolicyCompiler
import Spelling

/// What names a symbol in a question: its name, or `/expression/`, a regular expression in POSIX's extended syntax that matches
/// anywhere in the name.
public struct NamePattern: Sendable {
    /// As it was written.
    public let text: String
    private let expression: RegularExpression?

    public init(_ text: String) throws(QuestionMistake) {
        guard text.utf8.count >= 2, text.hasPrefix("/"), text.hasSuffix("/") else {
            self.text = text
            expression = nil
            return
        }
        self.text = String(text.dropFirst().dropLast())
        do throws(RegularExpression.Malformed) {
            expression = try RegularExpression(extended: Array(self.text.utf8))
        } catch {
            throw .malformed(expression: self.text, reason: error.reason)
        }
    }

    /// Whether it may name several symbols.
    public var isExpression: Bool { expression != nil }

    public func matches(_ name: Name) throws(QuestionMistake) -> Bool {
        guard let expression else { return text.utf8.elementsEqual(name.bytes) }
        do throws(RegularExpression.TooComplex) {
            return try expression.matches(name.bytes)
        } catch {
            throw .tooComplex(expression: text)
        }
    }

    /// The indices of the names that it names. A name that is not there is a mistake, which `others` would be right as well, and which
    /// lists the nearest.
    func indices(among names: [Name?], or others: [Name] = [], what: String) throws(QuestionMistake) -> [Int] {
        var found: [Int] = []
        for (index, name) in names.enumerated() {
            if let name, try matches(name) { found.append(index) }
        }
        if found.isEmpty, !isExpression, !others.contains(where: { text.utf8.elementsEqual($0.bytes) }) {
            throw unknown(among: names.compactMap(\.self) + others, what: what)
        }
        return found
    }

    func unknown(among names: [Name], what: String) -> QuestionMistake {
        .unknown(what: what, name: text, nearest: Spelling.nearest(text, among: names.map(\.description)))
    }
}
