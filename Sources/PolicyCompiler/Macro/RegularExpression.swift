/// A regular expression as the `regexp` and `patsubst` macros understand it: the syntax of GNU Emacs. Or, for questions about a
/// policy, POSIX's extended syntax.
///
/// It is compiled to instructions for a machine that follows all alternatives at once, so that a search takes time
/// proportional to the text times the expression. Only back references need backtracking; every search has a bound.
package struct RegularExpression: Sendable {
    /// A part of the text that matched; both ends are -1 when the group took no part.
    struct Group: Hashable {
        var start: Int
        var end: Int
    }

    /// The pattern cannot be compiled.
    package struct Malformed: Error, Hashable {
        package let reason: String
    }

    /// A search passed its bound.
    package struct TooComplex: Error, Hashable {}

    /// An instruction. Jumps are relative, so that parts can be put together.
    enum Instruction: Sendable {
        case byte(UInt8)
        /// Every byte but a line end.
        case any
        /// One of a set of bytes, by its number.
        case set(Int)
        /// Goes on at the first place, or else at the second.
        case split(Int, Int)
        case jump(Int)
        /// Notes the place as the beginning or the end of a group.
        case save(Int)
        case assertion(Assertion)
        case reference(Int)
        case match
    }

    enum Assertion: Sendable {
        case lineStart, lineEnd, textStart, textEnd, wordBoundary, noWordBoundary, wordStart, wordEnd
    }

    /// A set of bytes.
    struct ByteSet: Sendable {
        private var words = InlineArray<4, UInt64>(repeating: 0)

        func contains(_ byte: UInt8) -> Bool { words[Int(byte >> 6)] >> UInt64(byte & 63) & 1 != 0 }

        mutating func insert(_ byte: UInt8) { words[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }

        mutating func invert() {
            for index in words.indices { words[index] = ~words[index] }
        }
    }

    private(set) var program: [Instruction] = []
    private(set) var sets: [ByteSet] = []
    /// The number of groups in `\(` and `\)`.
    private(set) var groupCount = 0
    private(set) var hasReferences = false

    init(_ pattern: [UInt8]) throws(Malformed) {
        var parser = Parser(pattern: pattern)
        program = try parser.parse()
        sets = parser.sets
        groupCount = parser.groupCount
        hasReferences = parser.hasReferences
    }

    /// An expression in POSIX's extended syntax, with the word operators of GNU.
    package init(extended pattern: [UInt8]) throws(Malformed) {
        var parser = Parser(pattern: pattern)
        program = try parser.parseExtended()
        sets = parser.sets
        groupCount = parser.groupCount
        hasReferences = parser.hasReferences
    }

    /// Whether it matches somewhere in a text; `steps` bounds the search.
    package func matches(_ text: [UInt8], steps: Int = 1_000_000) throws(TooComplex) -> Bool {
        var matcher = Matcher(self, text: text, steps: steps)
        return try matcher.hasMatch()
    }

    static func isWord(_ byte: UInt8) -> Bool {
        MacroSyntax.isWordStart(byte) || MacroSyntax.isDigit(byte)
    }
}
