extension TextRenderer {
    /// How the text looks. Whether the reader is a terminal that wants colour is for the tool to find out.
    public enum Style: Hashable, Sendable {
        /// Text only.
        case plain
        /// With colours, by ECMA-48 ("ANSI") sequences.
        case ansi
    }
}
