extension SARIFRenderer {
    /// The tool that made the diagnostics, as the document names it.
    public struct Tool: Hashable, Sendable {
        public let name: String
        public let version: String
        /// Where to read about the tool: an absolute URI.
        public let informationURI: String?

        public init(name: String, version: String, informationURI: String? = nil) {
            self.name = name
            self.version = version
            self.informationURI = informationURI
        }
    }
}
