extension JSONValue {
    /// Reads a document: one value with nothing but blanks around it, strictly as RFC 8259 has it. A name that an object has
    /// twice, half of a surrogate pair and a byte order mark are mistakes.
    ///
    /// Throws the first mistake; of bytes that are not UTF-8, before any other.
    public init(parsing bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONMistake) {
        var parser = try JSONParser(bytes, limits)
        self = try parser.document()
    }

    /// The document that has this value, on one line or indented by two spaces, without a line end.
    public func bytes(indented: Bool = false) -> [UInt8] {
        var writer = JSONWriter(indented: indented)
        writer.value(self)
        return writer.bytes
    }
}
