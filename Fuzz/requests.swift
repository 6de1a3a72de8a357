@testable import PageServer

/// A browser's request from any bytes: total, within its limits, and read the same whatever follows.
func exercise(_ bytes: [UInt8]) {
    switch PageRequest.parse(bytes) {
    case .unfinished: claim("what is unfinished is short", bytes.count <= PageRequest.headLimit + PageRequest.formLimit)
    case .refused(let status): claim("a refusal is an error", status.rawValue >= 400)
    case .whole(let request):
        claim("a page's path begins with a slash", !request.path.isEmpty)
        claim("fields are limited", request.query.count <= 64 && request.form.count <= 64)
        claim("only a form has a body", request.form.isEmpty || request.method == .post)
        claim("what follows changes nothing", PageRequest.parse(bytes + [0x41]) == .whole(request))
        let link = FormField.query(request.query)
        claim("a link is of characters that a page may hold", link.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "<") })
        guard !request.query.isEmpty else { return }
        guard case .whole(let again) = PageRequest.parse(Array("GET /?\(link) HTTP/1.0\r\n\r\n".utf8)) else { return claim("a link is a request", link.utf8.count > 8_000) }
        claim("a link says the same", again.query == request.query)
    }
}
