extension SystemCallProfile {
    /// Reads a profile's text, which may be any bytes; `name` is what it is called in plans and reports.
    ///
    /// Throws the first mistake.
    public init(name: String, text: [UInt8]) throws(ProfileMistake) {
        self = try ProfileParser.profile(name, text)
    }
}
