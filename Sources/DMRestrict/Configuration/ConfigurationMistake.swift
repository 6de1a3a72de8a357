import Spelling

/// A mistake in a domain's configuration.
public struct ConfigurationMistake: Error, Hashable, Sendable {
    public enum What: Hashable, Sendable {
        case tooLong(String, limit: Int)
        case tooDeep(limit: Int)
        case notUTF8
        /// A byte that begins nothing, outside strings and comments; or a zero, which has no place anywhere.
        case strangeByte(UInt8)
        case openString
        case openComment
        case unknownEscape(UInt8)
        /// xl reads `\x41` and `\101`, and puts nothing in their place.
        case numericEscape
        case unexpected(String, wanted: String)
        /// A list is added to a string, or the other way round.
        case mixedAddition(String)
        case unknownKey(String, nearest: String?)
        case missing(String)
        case wrongType(String, wanted: String)
        case notNumber(String, value: String)
        case addedNumber(String)
        case outOfRange(String, range: ClosedRange<Int>)
        case unknownWord(String, value: String, known: [String])
        /// Text that this key cannot have.
        case unsuitable(String, wanted: String)
        case contradiction(String, with: String)
        /// A part of a disk or network interface.
        case part(String, part: String, wrong: String)
    }

    public let position: ConfigurationPosition
    public let what: What

    init(_ position: ConfigurationPosition, _ what: What) {
        self.position = position
        self.what = what
    }

    /// What is wrong, and what to do about it. What the author wrote is cut, and has no control characters.
    public var text: String {
        switch what {
        case .tooLong(let thing, let limit): "\(thing) is longer than \(limit): take less"
        case .tooDeep(let limit): "more than \(limit) lists lie within each other"
        case .notUTF8: "the bytes are not UTF-8: save the file as such"
        case .strangeByte(let byte): "\(Self.name(byte)) begins nothing here: names are in lower case, and other text in quotes"
        case .openString: "the string does not end in its line: put its quote behind it"
        case .openComment: "the last line is a comment without an end: end the line"
        case .unknownEscape(let byte): "there is no escape of \(Self.name(byte)): write `\\\\` for a backslash"
        case .numericEscape: "xl reads an escape by number, and puts nothing in its place: write the character itself"
        case .unexpected(let found, let wanted): "\(Self.shown(found)) stands where \(wanted) is wanted"
        case .mixedAddition(let key): "`\(key)` was a string and is added a list, or the other way round: use one of them"
        case .unknownKey(let key, let nearest):
            "xl has no key \(Self.shown(key))" + (nearest.map { ": did you mean `\($0)`?" } ?? ": leave it out")
        case .missing(let key): "there is no `\(key)`: add it"
        case .wrongType(let key, let wanted): "`\(key)` is to be \(wanted)"
        case .notNumber(let key, let value): "`\(key)` is \(Self.shown(value)), which is no number"
        case .addedNumber(let key): "`\(key)` is a number, which nothing can be added to: use `=`"
        case .outOfRange(let key, let range): "`\(key)` is to be from \(range.lowerBound) to \(range.upperBound)"
        case .unknownWord(let key, let value, let known):
            "`\(key)` cannot be \(Self.shown(value)): "
                + (Spelling.nearest(value, among: known).first.map { "did you mean `\($0)`?" }
                    ?? "it is one of \(known.joined(separator: ", "))")
        case .unsuitable(let key, let wanted): "`\(key)` is to be \(wanted)"
        case .contradiction(let key, let other): "`\(key)` contradicts `\(other)`: leave one of them out"
        case .part(let key, let part, let wrong):
            part.isEmpty ? "in `\(key)`: \(wrong)" : "in `\(key)`, \(Self.shown(part)): \(wrong)"
        }
    }

    private static func name(_ byte: UInt8) -> String {
        (0x21...0x7E).contains(byte) ? "`\(Unicode.Scalar(byte))`" : "byte 0x" + String(byte, radix: 16)
    }

    private static func shown(_ text: String) -> String {
        if text.isEmpty { return "nothing" }
        let scalars = text.unicodeScalars.prefix(64).map { scalar -> Unicode.Scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: "\u{FFFD}"
            default: scalar
            }
        }
        return "`\(String(String.UnicodeScalarView(scalars)))\(text.unicodeScalars.count > 64 ? "…" : "")`"
    }
}
