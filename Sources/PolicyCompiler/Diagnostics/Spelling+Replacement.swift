package import Diagnostics
package import Spelling

extension Spelling.Guess {
    /// What puts the name in the place of the word; nil where the name may not have been meant.
    package func replacement(of span: Span) -> Diagnostic.Suggestion? {
        isCertain ? Diagnostic.Suggestion(span, name) : nil
    }
}
