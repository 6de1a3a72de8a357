/// What the characters mean: quotes, comments, names and the punctuation of calls.
struct MacroSyntax {
    /// The classes of characters that the scanner stops at; every other one is `plain`.
    enum Class {
        static let plain: UInt8 = 0
        static let word: UInt8 = 1
        static let quote: UInt8 = 2
        static let comment: UInt8 = 3
        static let open: UInt8 = 4
        static let close: UInt8 = 5
        static let comma: UInt8 = 6
        /// In `traits`: the character goes on a name, or is white space.
        static let nameTrait: UInt8 = 1
        static let spaceTrait: UInt8 = 2
    }

    private(set) var openQuote: [UInt8] = [UInt8(ascii: "`")]
    private(set) var closeQuote: [UInt8] = [UInt8(ascii: "'")]
    private(set) var openComment: [UInt8] = [UInt8(ascii: "#")]
    private(set) var closeComment: [UInt8] = [UInt8(ascii: "\n")]
    /// Whether quotes and comments are those that the memo of places was made for.
    private(set) var hasUsualQuotes = true
    private(set) var hasUsualComments = true
    /// For each of the 256 bytes its class, and its traits. Arrays, because an inline array is copied whole for
    /// each element that is read of it.
    private(set) var classes: [UInt8] = Array(repeating: 0, count: 256)
    private(set) var traits: [UInt8] = Array(repeating: 0, count: 256)

    init() {
        for byte in UInt8.min...UInt8.max {
            if Self.isWordStart(byte) || Self.isDigit(byte) { traits[Int(byte)] |= Class.nameTrait }
            if byte == 0x20 || (0x09...0x0d).contains(byte) { traits[Int(byte)] |= Class.spaceTrait }
        }
        classify()
    }

    static func isWordStart(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// Sets the quotes; a missing or empty closing quote is the usual one, an empty opening quote disables quoting.
    mutating func setQuotes(_ open: [UInt8]?, _ close: [UInt8]?) {
        let usualClose = [UInt8(ascii: "'")]
        openQuote = open ?? [UInt8(ascii: "`")]
        closeQuote = open == nil ? usualClose : close ?? usualClose
        if !openQuote.isEmpty, closeQuote.isEmpty { closeQuote = usualClose }
        hasUsualQuotes = openQuote == [UInt8(ascii: "`")] && closeQuote == usualClose
        classify()
    }

    /// Sets the comment delimiters; none at all, or an empty opening one, disables comments.
    mutating func setComments(_ open: [UInt8]?, _ close: [UInt8]?) {
        let usualClose = [UInt8(ascii: "\n")]
        openComment = open ?? []
        closeComment = open == nil ? [] : close ?? usualClose
        if !openComment.isEmpty, closeComment.isEmpty { closeComment = usualClose }
        hasUsualComments = openComment == [UInt8(ascii: "#")] && closeComment == usualClose
        classify()
    }

    private mutating func classify() {
        for byte in UInt8.min...UInt8.max {
            classes[Int(byte)] = characterClass(of: byte, comments: true, quotes: true)
        }
    }

    /// The class of a character, as if it began neither a comment nor a quote unless asked for.
    func characterClass(of byte: UInt8, comments: Bool, quotes: Bool) -> UInt8 {
        if comments, byte == openComment.first { return Class.comment }
        if Self.isWordStart(byte) { return Class.word }
        if quotes, byte == openQuote.first { return Class.quote }
        switch byte {
        case UInt8(ascii: "("): return Class.open
        case UInt8(ascii: ")"): return Class.close
        case UInt8(ascii: ","): return Class.comma
        default: return Class.plain
        }
    }
}
