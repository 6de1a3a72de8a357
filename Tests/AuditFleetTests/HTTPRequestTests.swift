import AuditFleet
import Foundation
import TestSupport
import Testing

/// Requests by the curl program, to a server that keeps what it gets and answers what a test says.
@Suite struct HTTPRequestTests {
    @Test("A request brings method, headers, secrets and a body of megabytes, and has status, patience and body of the answer")
    func whole() throws {
        let server = try ScriptedServer([.http(Array("HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 5\r\nConnection: close\r\n\r\nlater".utf8))])
        var random = SplitMix64(seed: 7)
        let body = (0..<5_000_000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let credentials = Credentials(user: "a\"b\\", password: "p: \"\\\u{e4}'$", headers: [HTTPHeader("X-Key", "tab\there")])
        let answer = try HTTPRequest(.post, server.url("http", "/a?b=%20[1-3]"), headers: [HTTPHeader("Content-Type", "text/x")], credentials: credentials, body: body).answer()
        #expect(answer == HTTPAnswer(status: 503, retrySeconds: 7, body: Array("later".utf8)))
        let request = try #require(server.finish().first)
        let end = try #require(request.firstRange(of: Data("\r\n\r\n".utf8)))
        let head = String(decoding: request[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n").map(String.init)
        #expect(head.first == "POST /a?b=%20[1-3] HTTP/1.1")
        #expect(head.contains("X-Key: tab\there") && head.contains("Content-Type: text/x") && head.contains("Content-Length: 5000000"))
        #expect(head.contains("Authorization: Basic " + Data("a\"b\\:p: \"\\\u{e4}'$".utf8).base64EncodedString()))
        #expect(!head.contains { $0.hasPrefix("Expect") } && Array(request[end.upperBound...]) == body)
    }
}
