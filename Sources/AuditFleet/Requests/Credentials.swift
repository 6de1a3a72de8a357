/// Who asks a server, and how that is shown: a user and password (ClickHouse), or headers (OpenTelemetry's collectors), and whose certificates
/// are believed.
///
/// In a file, a line each; blank lines, and those that begin with `#`, are passed over. What stands behind the first `:` is the value, without
/// the blanks around it:
///
///     user: audit
///     password: correct horse
///     header: Authorization: Bearer abc
///     authority: /etc/ssl/fleet.pem
public struct Credentials: Hashable, Sendable {
    /// No file of credentials is longer.
    public static let sizeLimit = 1 << 16

    public var user: String?
    public var password: String?
    public var headers: [HTTPHeader]
    /// The file of the certificates that are believed, in place of the machine's.
    public var authority: String?

    public init(user: String? = nil, password: String? = nil, headers: [HTTPHeader] = [], authority: String? = nil) {
        self.user = user
        self.password = password
        self.headers = headers
        self.authority = authority
    }

    /// Reads them from a text. What is secret is in no failure.
    public init(text: [UInt8], path: String) throws(CredentialsFailure) {
        self.init()
        var number = 0
        for bytes in text.split(separator: 0x0A, omittingEmptySubsequences: false) {
            number += 1
            guard let line = try? UTF8Span(validating: Array(bytes).span), !bytes.contains(0) else {
                throw CredentialsFailure(path: path, detail: "line \(number) is not text in UTF-8")
            }
            let words = Self.trimmed(Substring(String(copying: line)))
            if words.isEmpty || words.hasPrefix("#") { continue }
            guard let (name, value) = Self.member(words), !value.isEmpty else {
                let forms = "`user: NAME`, `password: WORD`, `header: NAME: VALUE` or `authority: FILE`"
                throw CredentialsFailure(path: path, detail: "line \(number) is not a name, `:` and a value: write \(forms)")
            }
            try take(name, value, CredentialsFailure(path: path, detail: "line \(number)"))
        }
        if password != nil, user == nil { throw CredentialsFailure(path: path, detail: "there is a password and no user: add a line `user: NAME`") }
    }

    private mutating func take(_ name: String, _ value: String, _ place: CredentialsFailure) throws(CredentialsFailure) {
        func refused(_ why: String) -> CredentialsFailure { CredentialsFailure(path: place.path, detail: "\(place.detail) \(why)") }
        switch name {
        case "user":
            guard user == nil else { throw refused("names a user a second time") }
            guard !value.contains(":") else { throw refused("names a user with a `:`, which none can have") }
            user = value
        case "password":
            guard password == nil else { throw refused("has a second password") }
            password = value
        case "authority":
            guard authority == nil else { throw refused("names a second authority") }
            authority = value
        case "header":
            guard let (name, value) = Self.member(value[...]) else { throw refused("has a header without `:`: write `header: NAME: VALUE`") }
            let header = HTTPHeader(name, value)
            guard header.isSendable else { throw refused("has a header with characters that none may have") }
            headers.append(header)
        default: throw refused("is none of `user`, `password`, `header` and `authority`")
        }
    }

    private static func member(_ line: Substring) -> (name: String, value: String)? {
        guard let colon = line.firstIndex(of: ":") else { return nil }
        return (String(trimmed(line[..<colon])), String(trimmed(line[line.index(after: colon)...])))
    }

    private static func trimmed(_ text: Substring) -> Substring {
        func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" || character == "\r" }
        var text = text.drop(while: isBlank)
        while let last = text.last, isBlank(last) { text.removeLast() }
        return text
    }
}
