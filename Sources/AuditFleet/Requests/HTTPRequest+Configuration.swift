extension HTTPRequest {
    /// The words for curl, one option a line.
    func configuration() throws(HTTPFailure) -> String {
        let host = try checkedHost()
        var text = ""
        func say(_ option: String, _ value: String) throws(HTTPFailure) {
            guard value.utf8.count <= Self.valueLimit else {
                throw HTTPFailure(.unusable, "what is to be sent as `\(option)` is longer than \(Self.valueLimit) bytes")
            }
            text += option + " = \"" + Self.quoted(value) + "\"\n"
        }
        try say("url", url)
        try say("request", method.rawValue)
        if method == .post { try say("data-binary", "@/dev/fd/3") }
        // Curl's own would wait a second for servers that do not know it, and says that a body is a form's.
        var headers = [HTTPHeader("Expect", "")] + headers
        if method == .post, !headers.contains(where: { $0.name.lowercased() == "content-type" }) {
            headers.append(HTTPHeader("Content-Type", "application/octet-stream"))
        }
        for header in headers + credentials.headers {
            guard header.isSendable else {
                let name = HTTPAnswer(status: 0, body: Array(header.name.utf8)).excerpt(60)
                throw HTTPFailure(.unusable, "the header `\(name)` has characters that no header may have")
            }
            // Empty, it takes away curl's own.
            try say("header", header.name + ":" + (header.value.isEmpty ? "" : " " + header.value))
        }
        if let user = credentials.user {
            let password = credentials.password ?? ""
            guard !user.utf8.contains(UInt8(ascii: ":")) else { throw HTTPFailure(.unusable, "a user's name has no `:`") }
            guard (user + password).utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw HTTPFailure(.unusable, "a user's name and password have no control characters")
            }
            try say("user", user + ":" + password)
        }
        if let authority = credentials.authority { try say("cacert", authority) }
        try say("proto", "=http,https")
        try say("connect-timeout", String(max(1, connectSeconds)))
        try say("max-time", String(max(1, seconds)))
        // No proxy brings one to oneself.
        if Self.isLoopback(host) { try say("noproxy", "*") }
        try say("write-out", "%{stderr}\n" + CurlReport.mark + " %{http_code} %header{retry-after}\n")
        return text + "globoff\nsilent\nshow-error\n"
    }

    /// The host of an address that can be asked.
    private func checkedHost() throws(HTTPFailure) -> Substring {
        guard let end = url.utf8.firstIndex(of: UInt8(ascii: ":")), ["http", "https"].contains(url[..<end].lowercased()), url[end...].hasPrefix("://")
        else {
            throw HTTPFailure(.unusable, "the address does not begin with `http://` or `https://`")
        }
        guard url.utf8.allSatisfy({ 0x21..<0x7F ~= $0 }) else {
            throw HTTPFailure(.unusable, "the address has a blank or a character that is not ASCII: write it as `%` and two hexadecimal digits")
        }
        let rest = url[url.index(end, offsetBy: 3)...]
        let authority = rest.prefix { !"/?#".contains($0) }
        guard !authority.contains("@") else {
            throw HTTPFailure(.unusable, "the address has a user in it: put the name and password into a file of credentials")
        }
        guard !authority.isEmpty else { throw HTTPFailure(.unusable, "the address names no host") }
        return authority
    }

    private static func isLoopback(_ authority: Substring) -> Bool {
        if authority.hasPrefix("[") { return authority.hasPrefix("[::1]") }
        let host = authority.prefix { $0 != ":" }.lowercased()
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return host == "localhost" || parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func quoted(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
