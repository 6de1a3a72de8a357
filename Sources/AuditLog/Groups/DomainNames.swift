public import Flask

/// What domains are called, as a host's tools say.
public struct DomainNames: Sendable {
    private var names: [UInt16: [UInt8]] = [:]

    public init() {}

    public subscript(_ domain: DomainIdentifier) -> [UInt8]? { names[domain.rawValue] }

    /// Reads what `xl list` or `xenstore-ls` prints, whichever it is: a line that is of neither says nothing.
    ///
    /// Of `xl list` each line has a name, which may hold blanks, and five columns behind it; of `xenstore-ls` nodes `name = "…"` that are indented below a
    /// domain's number, or `/local/domain/1/name = "…"` with `-f`.
    public init(_ text: [UInt8]) {
        var domain: UInt16?
        for line in text.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
            let line = String(decoding: line, as: UTF8.self)
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            if let equals = line.range(" = ") {
                let value = Self.unquoted(line[equals.upperBound...])
                let path = line[..<equals.lowerBound].drop { $0 == " " }
                let parts = path.split(separator: "/", omittingEmptySubsequences: true)
                if parts.count == 4, parts[0] == "local", parts[1] == "domain", parts[3] == "name", let number = UInt16(parts[2]), let value {
                    names[number] = value
                } else if parts.count == 1, let number = UInt16(parts[0]), value?.isEmpty != false {
                    domain = number
                } else if parts.count == 1, parts[0] == "name", let value, let number = domain {
                    if names[number] == nil { names[number] = value }
                    domain = nil
                }
            } else if words.count >= 6, let number = UInt16(words[words.count - 5]), Int(words[words.count - 4]) != nil, Int(words[words.count - 3]) != nil {
                names[number] = Array(words[..<(words.count - 5)].joined(separator: " ").utf8)
            }
        }
    }

    private static func unquoted(_ text: Substring) -> [UInt8]? {
        guard let start = text.firstIndex(of: "\"") else { return nil }
        let rest = text[text.index(after: start)...]
        guard let end = rest.firstIndex(of: "\"") else { return nil }
        return Array(rest[..<end].utf8)
    }
}

extension String {
    /// Where a text first stands.
    fileprivate func range(_ text: String) -> Range<Index>? {
        var place = startIndex
        while place < endIndex {
            if self[place...].hasPrefix(text) { return place..<index(place, offsetBy: text.count) }
            place = index(after: place)
        }
        return nil
    }
}
