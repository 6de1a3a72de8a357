/// How words that say what came of something look: on a terminal in colours, elsewhere plain.
///
/// The colours are those of messages: red for what is wrong, green for what is as it should be, yellow for what was passed over.
public enum VerdictStyle: Sendable {
    case plain, coloured

    public enum Verdict: String, Sendable {
        case good = "32"
        case bad = "1;31"
        case open = "33"
    }

    public init(isColoured: Bool) { self = isColoured ? .coloured : .plain }

    /// A word of ours; it is never one that came from outside.
    public func words(_ text: String, _ verdict: Verdict) -> String {
        self == .coloured ? "\u{1b}[\(verdict.rawValue)m\(text)\u{1b}[0m" : text
    }
}
