extension SARIFRenderer {
    /// What the document tells about all diagnostics of one code.
    public struct Rule: Hashable, Sendable {
        /// One sentence.
        public let summary: String?
        /// Where to read about the rule: an absolute URI.
        public let helpURI: String?

        public init(summary: String?, helpURI: String? = nil) {
            self.summary = summary
            self.helpURI = helpURI
        }
    }
}
