extension PageRequest {
    /// What became of bytes that came.
    enum Parsing: Hashable, Sendable {
        /// They are no whole request yet: it has so many bytes; 0 when that is not known.
        case unfinished(wanted: Int)
        case whole(PageRequest)
        case refused(PageStatus)
    }

    /// How long the line and the header fields may be together, how many fields there may be, and how long a form.
    static let headLimit = 16 << 10
    static let fieldLimit = 100
    static let formLimit = 4 << 10

    /// Reads a request of HTTP/1.1 or 1.0 (RFC 9112). Total over any bytes. What two servers could read in two ways is refused: folded fields, spaces before
    /// a colon, bare line feeds in the middle, a length beside an encoding. Only a form may have a body, and only with its length.
    static func parse(_ bytes: [UInt8]) -> Parsing {
        guard let end = headEnd(bytes) else { return bytes.count > headLimit ? .refused(.headTooLarge) : .unfinished(wanted: 0) }
        guard end <= headLimit else { return .refused(.headTooLarge) }
        var lines = bytes[..<end].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        }
        // The head ends with two line ends.
        while lines.last?.isEmpty == true { lines.removeLast() }
        guard let first = lines.first, lines.count - 1 <= fieldLimit else { return .refused(lines.isEmpty ? .badRequest : .headTooLarge) }
        guard lines.allSatisfy({ line in line.allSatisfy { $0 >= 0x20 && $0 != 0x7f || $0 == 9 } }) else { return .refused(.badRequest) }
        var headers: [String: [UInt8]] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex, line[..<colon].allSatisfy(isToken) else { return .refused(.badRequest) }
            let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
            let value = trimmed(line[line.index(after: colon)...])
            if headers[name] == nil {
                headers[name] = value
            } else if name == "host" || name == "content-length" {
                return .refused(.badRequest)
            }
        }
        return request(first, headers, body: bytes[end...])
    }

    private static func request(_ line: ArraySlice<UInt8>, _ headers: [String: [UInt8]], body: ArraySlice<UInt8>) -> Parsing {
        let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard words.count == 3, !words[0].isEmpty, words[0].allSatisfy(isToken) else { return .refused(.badRequest) }
        guard words[2].elementsEqual("HTTP/1.1".utf8) || words[2].elementsEqual("HTTP/1.0".utf8) else { return .refused(.versionNotSupported) }
        guard words[2].last == UInt8(ascii: "0") || headers["host"] != nil else { return .refused(.badRequest) }
        guard let method = Method(rawValue: String(decoding: words[0], as: UTF8.self)) else { return .refused(.methodNotAllowed) }
        // Of what names a whole address nothing is served: this is no proxy.
        guard words[1].first == UInt8(ascii: "/") else { return .refused(.badRequest) }
        guard headers["transfer-encoding"] == nil else { return .refused(.lengthRequired) }
        var request = PageRequest(method, "", headers: headers)
        let target = words[1].split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
        request.path = FormField.decoded(target[0], isForm: false)
        if target.count > 1 { request.query = FormField.fields(target[1]) }
        var length = 0
        if let text = headers["content-length"] {
            guard !text.isEmpty, text.count <= 9, text.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
                let number = Int(String(decoding: text, as: UTF8.self))
            else { return .refused(.badRequest) }
            length = number
        } else if method == .post {
            return .refused(.lengthRequired)
        }
        guard method == .post || length == 0 else { return .refused(.badRequest) }
        guard length <= formLimit else { return .refused(.formTooLarge) }
        guard body.count >= length else { return .unfinished(wanted: body.startIndex + length) }
        if method == .post { request.form = FormField.fields(body.prefix(length)) }
        return .whole(request)
    }

    /// Behind the empty line that ends the head.
    private static func headEnd(_ bytes: [UInt8]) -> Int? {
        var place = 0
        while let feed = bytes[place...].firstIndex(of: UInt8(ascii: "\n")) {
            if feed + 1 < bytes.count, bytes[feed + 1] == UInt8(ascii: "\n") { return feed + 2 }
            if feed + 2 < bytes.count, bytes[feed + 1] == UInt8(ascii: "\r"), bytes[feed + 2] == UInt8(ascii: "\n") { return feed + 3 }
            place = feed + 1
        }
        return nil
    }

    /// What names of methods and fields are made of (RFC 9110, section 5.6.2).
    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> [UInt8] {
        func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }
        guard let first = text.firstIndex(where: { !isBlank($0) }), let last = text.lastIndex(where: { !isBlank($0) }) else { return [] }
        return Array(text[first...last])
    }
}
