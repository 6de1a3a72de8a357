/// What a browser is given.
public struct PageResponse: Hashable, Sendable {
    public var status: PageStatus
    /// With the character set, where there is one.
    public var contentType: String
    public var body: [UInt8]
    /// Beside those that every answer has. What is to come into them from outside is to be encoded before: a value with a line end in it is left out.
    public var headers: [(name: String, value: String)] {
        get { fields.map { ($0.name, $0.value) } }
        set { fields = newValue.map { Field(name: $0.name, value: $0.value) } }
    }
    private var fields: [Field] = []

    private struct Field: Hashable, Sendable {
        var name, value: String
    }

    public init(_ status: PageStatus, _ contentType: String, _ body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    /// Status and words for whom no page is made.
    public init(_ status: PageStatus) {
        self.init(status, "text/plain; charset=utf-8", Array("\(status.rawValue) \(status.phrase)\n".utf8))
    }

    /// As it goes over the wire. Nothing of it may be kept by anybody, framed by another page, or taken for another type; it may load nothing
    /// but a style sheet and pictures of this server, and run no script.
    func bytes(withBody: Bool = true) -> [UInt8] {
        var head = "HTTP/1.1 \(status.rawValue) \(status.phrase)\r\n"
        var all = [
            ("Content-Type", contentType), ("Content-Length", String(body.count)), ("Connection", "close"), ("Cache-Control", "no-store"),
            ("Content-Security-Policy", Self.policy), ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"), ("Referrer-Policy", "no-referrer"),
            ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"),
        ]
        if status == .methodNotAllowed { all.append(("Allow", "GET, HEAD, POST")) }
        for (name, value) in all + headers where !(name + value).utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) { head += "\(name): \(value)\r\n" }
        return Array((head + "\r\n").utf8) + (withBody ? body : [])
    }

    static let policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}
