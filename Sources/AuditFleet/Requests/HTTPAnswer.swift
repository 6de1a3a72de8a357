/// What a server answered, whatever that was: a status of failure is an answer too.
public struct HTTPAnswer: Hashable, Sendable {
    public var status: Int
    /// How long it asks not to be asked again (`Retry-After`, where that is a number of seconds).
    public var retrySeconds: Int?
    /// At most as long as the request allowed.
    public var body: [UInt8]

    public init(status: Int, retrySeconds: Int? = nil, body: [UInt8] = []) {
        self.status = status
        self.retrySeconds = retrySeconds
        self.body = body
    }

    /// The beginning of the body in one line, for messages: what is no printable ASCII is a question mark.
    public func excerpt(_ limit: Int = 300) -> String {
        let bytes = body.prefix(limit).map { 0x20..<0x7F ~= $0 ? $0 : $0 == 0x0A || $0 == 0x0D || $0 == 0x09 ? 0x20 : UInt8(ascii: "?") }
        var words = String(decoding: bytes, as: UTF8.self).split(separator: " ").joined(separator: " ")
        if body.count > limit { words += " …" }
        return words
    }
}
