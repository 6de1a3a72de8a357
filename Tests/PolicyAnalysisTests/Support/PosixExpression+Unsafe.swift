import Glibc

// SAFETY: `regcomp` fills the structure, which is used by `regexec` only after it has succeeded, and is freed once; both get strings of C.

/// A regular expression as the C library understands it.
enum PosixExpression {
    /// Whether it matches somewhere in the text; nil where it is none.
    static func matches(_ pattern: String, _ text: String) -> Bool? {
        var expression = unsafe regex_t()
        guard unsafe regcomp(&expression, pattern, REG_EXTENDED | REG_NOSUB) == 0 else { return nil }
        defer { unsafe regfree(&expression) }
        return unsafe regexec(&expression, text, 0, nil, 0) == 0
    }
}
