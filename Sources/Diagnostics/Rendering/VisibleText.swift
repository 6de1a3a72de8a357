/// Turns text from outside into text that is safe and of known width on a terminal.
///
/// Sources and file names may hold escape sequences, marks that reverse the reading direction, or characters
/// that no one sees. None of them is passed on: they are shown as escapes.
enum VisibleText {
    /// How many columns a tab takes in an excerpt. It is the same everywhere on a line, so that the columns of a
    /// long line's middle can be told without its beginning.
    static let tabWidth = 4

    /// Appends a scalar or its escape; returns how many columns that takes.
    static func append(_ scalar: Unicode.Scalar, to output: inout [UInt8]) -> Int {
        switch scalar {
        case " "..."~":
            output.append(UInt8(truncatingIfNeeded: scalar.value))
            return 1
        case "\n": return append(ascii: #"\n"#, to: &output)
        case "\r": return append(ascii: #"\r"#, to: &output)
        case "\t": return append(ascii: #"\t"#, to: &output)
        case "\0"..."\u{7F}":
            return append(illFormed: UInt8(truncatingIfNeeded: scalar.value), to: &output)
        default:
            guard isShown(scalar) else {
                let digits = String(scalar.value, radix: 16, uppercase: true)
                return append(ascii: #"\u{"# + digits + "}", to: &output)
            }
            output.append(contentsOf: scalar.utf8)
            return width(of: scalar)
        }
    }

    /// Appends a byte as `\xNN`; returns how many columns that takes.
    static func append(illFormed byte: UInt8, to output: inout [UInt8]) -> Int {
        let digits = String(byte, radix: 16, uppercase: true)
        return append(ascii: (byte < 0x10 ? #"\x0"# : #"\x"#) + digits, to: &output)
    }

    /// Appends a text that is not an excerpt, such as a message or a file's name.
    static func append(_ text: String, to output: inout [UInt8]) {
        for scalar in text.unicodeScalars { _ = append(scalar, to: &output) }
    }

    private static func append(ascii text: String, to output: inout [UInt8]) -> Int {
        output.append(contentsOf: text.utf8)
        return text.utf8.count
    }

    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }

    /// The columns that terminals give to a scalar that is not ASCII.
    private static func width(of scalar: Unicode.Scalar) -> Int {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        default: break
        }
        // The blocks of East Asian Wide characters and of emoji.
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
            0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
            0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
