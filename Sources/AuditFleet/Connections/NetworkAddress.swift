/// The parts of an address: `scheme://host:port/path?name=value&…`.
struct NetworkAddress: Hashable, Sendable {
    var scheme: String
    /// A name or a number; of version 6 without its brackets.
    var host: String
    var port: UInt16?
    /// With its first `/`; empty when there is none.
    var path: String
    var options: [(name: String, value: String)]

    init(_ text: String, schemes: [String]) throws(AddressMistake) {
        let shown = Self.withoutUser(text)
        guard text.utf8.allSatisfy({ 0x21..<0x7F ~= $0 }) else {
            throw AddressMistake("the address `\(HTTPAnswer(status: 0, body: Array(shown.utf8)).excerpt())` has a blank or a character that is not ASCII")
        }
        guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://"), schemes.contains(text[..<colon].lowercased()) else {
            throw AddressMistake("the address `\(shown)` does not begin with \(schemes.map { "`\($0)://`" }.joined(separator: " or "))")
        }
        scheme = text[..<colon].lowercased()
        let rest = text[text.index(colon, offsetBy: 3)...]
        let authority = rest.prefix { !"/?#".contains($0) }
        guard shown == text else {
            throw AddressMistake("the address `\(shown)` has a user in it: put what is secret into a file of credentials; in a path write `%40` for `@`")
        }
        guard !rest.contains("#") else { throw AddressMistake("the address `\(shown)` has a `#`, behind which nothing is sent") }
        var port: Substring = ""
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            host = String(authority[authority.index(after: authority.startIndex)..<end])
            let behind = authority[authority.index(after: end)...]
            guard behind.isEmpty || behind.hasPrefix(":"), host.utf8.allSatisfy(Self.isOfNumber) else {
                throw AddressMistake("the address `\(shown)` has no host that can be read")
            }
            port = behind
        } else {
            host = String(authority.prefix { $0 != ":" })
            port = authority.dropFirst(host.count)
            guard host.utf8.allSatisfy(Self.isOfName), !host.hasPrefix("-") else { throw AddressMistake("the address `\(shown)` has no host that can be read") }
        }
        guard !host.isEmpty else { throw AddressMistake("the address `\(shown)` names no host") }
        if port.isEmpty {
            self.port = nil
        } else {
            guard let number = UInt16(port.dropFirst()), number > 0, port.dropFirst().utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else {
                throw AddressMistake("the address `\(shown)` has no port from 1 to 65535 behind `:`")
            }
            self.port = number
        }
        let behind = rest[authority.endIndex...]
        path = String(behind.prefix { $0 != "?" })
        options = behind.dropFirst(path.count + 1).split(separator: "&").map { word in
            (String(word.prefix { $0 != "=" }), String(word.drop { $0 != "=" }.dropFirst()))
        }
    }

    static func == (first: NetworkAddress, second: NetworkAddress) -> Bool { first.text == second.text }
    func hash(into hasher: inout Hasher) { hasher.combine(text) }

    /// Host and port as an address has them.
    var authority: String { (host.contains(":") ? "[\(host)]" : host) + (port.map { ":\($0)" } ?? "") }

    /// Without what is behind `?`.
    var name: String { "\(scheme)://\(authority)\(path)" }

    var text: String {
        let query = options.map { $0.name + "=" + $0.value }.joined(separator: "&")
        return name + (query.isEmpty ? "" : "?" + query)
    }

    /// Without what stands before the last `@`, wherever that is: a password may have a `/`.
    private static func withoutUser(_ text: String) -> String {
        guard let at = text.lastIndex(of: "@") else { return text }
        var start = text.startIndex
        if let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") { start = text.index(colon, offsetBy: 3) }
        return start <= at ? text[..<start] + "…" + text[at...] : text
    }

    private static func isOfNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: ":"),
            UInt8(ascii: "."):
            true
        default: false
        }
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "."),
            UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
