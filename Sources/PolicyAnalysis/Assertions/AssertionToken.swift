import Diagnostics

/// A word or sign of an assertion file.
struct AssertionToken {
    enum Kind: Hashable {
        /// A keyword, a name, a context, or what stands beside a colon.
        case word
        /// `"…"`
        case string
        /// `/…/`
        case expression
        case open, close
        /// The end of a line that is not within braces.
        case lineEnd
    }

    let kind: Kind
    /// What is between the quotes or slashes, or the word.
    let bytes: [UInt8]
    let span: Span

    var text: String { String(decoding: bytes, as: UTF8.self) }

    func isWord(_ word: String) -> Bool { kind == .word && bytes.elementsEqual(word.utf8) }
}
