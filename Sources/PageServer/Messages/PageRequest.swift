/// What a browser asks for: a page by its path, with what a form on a page says.
public struct PageRequest: Hashable, Sendable {
    public enum Method: String, Hashable, Sendable, CaseIterable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
    }

    public var method: Method
    /// Begins with `/`; what was percent-encoded in it is decoded.
    public var path: [UInt8]
    /// What stands behind the `?`, decoded. Names and values may be any bytes.
    public var query: [FormField]
    /// What a form sends, decoded.
    public var form: [FormField]
    /// By the name in lower case; of a field that stands there twice the first.
    public var headers: [String: [UInt8]]

    public init(_ method: Method, _ path: String, query: [FormField] = [], form: [FormField] = [], headers: [String: [UInt8]] = [:]) {
        self.method = method
        self.path = Array(path.utf8)
        self.query = query
        self.form = form
        self.headers = headers
    }

    /// A cookie's value.
    public func cookie(_ name: String) -> [UInt8]? {
        let wanted = Array(name.utf8)
        for part in (headers["cookie"] ?? []).split(separator: UInt8(ascii: ";")) {
            let part = part.drop { $0 == UInt8(ascii: " ") }
            guard let equals = part.firstIndex(of: UInt8(ascii: "=")), part[..<equals].elementsEqual(wanted) else { continue }
            return Array(part[part.index(after: equals)...])
        }
        return nil
    }
}
