/// Text of anybody's as XML has it: in an attribute's value, or in an element.
package enum XMLText {
    /// Names and messages hold what somebody wrote. What XML 1.0 has no characters for (all controls but three, surrogates, U+FFFE and U+FFFF)
    /// is shown as an escape, and so is what turns the direction of a text.
    package static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            case "\"": result += "&quot;"
            case "\n": result.unicodeScalars.append(scalar)
            case "\0"..<" ", "\u{7f}"..."\u{9f}", "\u{202a}"..."\u{202e}", "\u{2066}"..."\u{2069}", "\u{fffe}", "\u{ffff}":
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
