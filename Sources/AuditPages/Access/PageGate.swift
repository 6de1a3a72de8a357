public import PageServer
import Reports

/// Says who may see pages: who is on the same machine, or who knows a token.
public struct PageGate: Sendable {
    private let address: ListeningAddress
    private let token: [UInt8]?
    /// What a browser shows that has signed in. It is made anew each time the server starts, and says nothing about the token.
    private let session: [UInt8]

    /// The shortest token that nobody guesses.
    public static let tokenLimit = 16
    /// A browser's cookies are a host's, whatever the port.
    private var cookie: String { "xsm-audit-\(address.port)" }

    /// - Parameters:
    ///   - address: where is listened.
    ///   - token: what whoever asks must know; nil lets everybody in who can connect.
    ///   - session: 32 bytes or more of chance.
    public init(_ address: ListeningAddress, token: [UInt8]?, session: [UInt8]) {
        self.address = address
        self.token = token
        self.session = session.flatMap { Array((String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)).utf8) }
    }

    /// What a request is answered that may not go on; nil lets it pass.
    public func refusal(of request: PageRequest) -> PageResponse? {
        // It tells nothing, and the form to sign in has it too.
        if request.path.elementsEqual("/style.css".utf8) { return PageResponse(.ok, "text/css; charset=utf-8", Array(Stylesheet.text.utf8)) }
        guard let token else {
            if let host = request.headers["host"], address.isMeant(by: host) { return Self.isOfOtherPage(request) ? PageResponse(.forbidden) : nil }
            return PageResponse(
                .misdirected, "text/plain; charset=utf-8",
                Array("this server is http://\(address)/ and answers to no other name without a token: see --token\n".utf8))
        }
        if request.path.elementsEqual("/sign-in".utf8) { return signIn(request, token) }
        if let cookie = request.cookie(cookie), Self.isSame(cookie, session) { return nil }
        let bearer = Array("Bearer ".utf8)
        if let said = request.headers["authorization"], said.starts(with: bearer), Self.isSame(Array(said.dropFirst(bearer.count)), token) { return nil }
        return form(.unauthorized, request.path + (request.query.isEmpty ? [] : Array("?\(FormField.query(request.query))".utf8)), hint: nil)
    }

    /// Whether a page of somebody else's has a browser load this one as a part of it: the answer would be hidden from it, and made nevertheless.
    private static func isOfOtherPage(_ request: PageRequest) -> Bool {
        func says(_ name: String, _ values: String...) -> Bool { values.contains { request.headers[name].map(Array.init) == Array($0.utf8) } }
        return says("sec-fetch-site", "cross-site", "same-site") && !(says("sec-fetch-mode", "navigate") && says("sec-fetch-dest", "document"))
    }

    private func signIn(_ request: PageRequest, _ token: [UInt8]) -> PageResponse {
        func field(_ name: String) -> [UInt8] { request.form.first { $0.name.elementsEqual(name.utf8) }?.value ?? [] }
        guard request.method == .post else { return form(.ok, Array("/".utf8), hint: nil) }
        let next = field("next")
        guard Self.isSame(field("token"), token) else { return form(.unauthorized, next, hint: "That is not the token.") }
        // Only to a page of this server: `//` would be another's.
        let isOwn = next.first == UInt8(ascii: "/") && next.dropFirst().first != UInt8(ascii: "/") && next.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\\") }
        var response = PageResponse(.seeOther)
        response.headers = [
            ("Location", isOwn ? String(decoding: next, as: UTF8.self) : "/"),
            ("Set-Cookie", "\(cookie)=\(String(decoding: session, as: UTF8.self)); Path=/; HttpOnly; SameSite=Strict"),
        ]
        return response
    }

    private func form(_ status: PageStatus, _ next: [UInt8], hint: String?) -> PageResponse {
        var response = PageFrame(title: "Sign in", refreshSeconds: nil, hasPlaces: false).page(at: "", link: { $0 }) { page in
            page.raw("<form class=\"sign\" method=\"post\" action=\"/sign-in\"><h1>Sign in</h1>")
            if let hint { page.raw("<p class=\"warn\">\(hint)</p>") }
            page.raw("<label>Token<br><input type=\"password\" name=\"token\" autocomplete=\"current-password\" required></label>")
            page.hiddenField(FormField("next", next))
            page.raw("<button>Sign in</button><p class=\"small\">It is in the file that <code>xsm-audit serve --token</code> names.</p></form>\n")
        }
        response.status = status
        if status == .unauthorized { response.headers = [("WWW-Authenticate", "Bearer realm=\"xsm-audit\"")] }
        return response
    }

    /// Takes the same time wherever two differ.
    private static func isSame(_ said: [UInt8], _ known: [UInt8]) -> Bool {
        var difference: UInt8 = said.count == known.count ? 0 : 1
        for (place, byte) in known.enumerated() { difference |= byte ^ (place < said.count ? said[place] : 0) }
        return difference == 0
    }
}
