import Diagnostics

/// Takes an assertion file apart. Comments go from `#` to the end of the line; within braces a line's end is a blank.
struct AssertionLexer {
    private let file: SourceFile
    private var place = 0
    private var tokens: [AssertionToken] = []
    private var diagnostics: [Diagnostic] = []
    /// Where the brace stands in which the reader is.
    private var opened: Int?

    static func tokens(of file: SourceFile, _ diagnostics: inout [Diagnostic]) -> [AssertionToken] {
        var lexer = AssertionLexer(file: file)
        lexer.read()
        diagnostics += lexer.diagnostics
        return lexer.tokens
    }

    private init(file: SourceFile) {
        self.file = file
    }

    private mutating func read() {
        while place < file.bytes.count {
            switch file.bytes[place] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): place += 1
            case UInt8(ascii: "\n"):
                if opened == nil { add(.lineEnd, place..<place, length: 0) }
                place += 1
            case UInt8(ascii: "#"): skip { $0 != UInt8(ascii: "\n") }
            case UInt8(ascii: "{"): readOpening()
            case UInt8(ascii: "}"): readClosing()
            case UInt8(ascii: "\""): readQuoted(UInt8(ascii: "\""), .string, "a name")
            case UInt8(ascii: "/"): readQuoted(UInt8(ascii: "/"), .expression, "a regular expression")
            case let byte where Self.isWordByte(byte):
                let start = place
                skip(Self.isWordByte)
                add(.word, start..<place, length: place - start)
            default:
                complain("this character has no meaning here", at: place, 1)
                place += 1
            }
        }
        if let opened { complain("this `{` is never closed", at: opened, 1) }
        add(.lineEnd, place..<place, length: 0)
    }

    private mutating func readOpening() {
        opened = opened ?? place
        add(.open, place..<place, length: 1)
        place += 1
    }

    private mutating func readClosing() {
        opened = nil
        add(.close, place..<place, length: 1)
        place += 1
    }

    /// Text up to the same sign on the same line. In an expression, a slash behind a backslash belongs to it.
    private mutating func readQuoted(_ sign: UInt8, _ kind: AssertionToken.Kind, _ what: String) {
        let start = place
        place += 1
        while place < file.bytes.count, file.bytes[place] != sign, file.bytes[place] != UInt8(ascii: "\n") {
            let isEscape = kind == .expression && file.bytes[place] == UInt8(ascii: "\\") && place + 1 < file.bytes.count
            if Self.isControl(file.bytes[place]) { complain("this character has no meaning here", at: place, 1) }
            place += isEscape && file.bytes[place + 1] != UInt8(ascii: "\n") ? 2 : 1
        }
        guard place < file.bytes.count, file.bytes[place] == sign else {
            complain("\(what) does not end on its line", at: start, place - start)
            add(kind, start + 1..<place, from: start, length: place - start)
            return
        }
        add(kind, start + 1..<place, from: start, length: place + 1 - start)
        place += 1
    }

    private mutating func skip(_ isMeant: (UInt8) -> Bool) {
        while place < file.bytes.count, isMeant(file.bytes[place]) { place += 1 }
    }

    private mutating func add(_ kind: AssertionToken.Kind, _ text: Range<Int>, from start: Int? = nil, length: Int) {
        tokens.append(AssertionToken(kind: kind, bytes: Array(file.bytes[text]), span: span(start ?? text.lowerBound, length)))
    }

    private mutating func complain(_ message: String, at offset: Int, _ length: Int) {
        diagnostics.append(Diagnostic("malformed-assertion", .error, message, at: span(offset, length)))
    }

    private func span(_ offset: Int, _ length: Int) -> Span { Span(start: file.start.advanced(by: offset), length: length) }

    private static func isControl(_ byte: UInt8) -> Bool { (byte < 0x20 && byte != UInt8(ascii: "\t")) || byte == 0x7f }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte != 0x7f && !"{}\"/#".utf8.contains(byte)
    }
}
