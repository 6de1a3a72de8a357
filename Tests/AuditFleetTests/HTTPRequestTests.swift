import AuditFleet
import Foundation
import TestSupport
import Testing

/// Requests by the curl program, to a server that keeps what it gets and answers what a test says.
@Suite struct HTTPRequestTests {
    private static func answer(_ text: String) -> ScriptedServer.Answer { .http(Array(text.utf8)) }
    private static let fine = answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    private func reason(_ request: HTTPRequest) -> HTTPFailure.Reason? {
        do throws(HTTPFailure) {
            _ = try request.answer()
            return nil
        } catch {
            return error.reason
        }
    }

    /// A program in curl's place.
    private func script(_ folder: borrowing TemporaryFolder, _ text: String) throws -> String {
        let path = folder.url.appending(path: "curl").path
        try Data("#!/bin/sh\n\(text)\n".utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return path
    }

    @Test("A request brings method, headers, secrets and a body of megabytes, and has status, patience and body of the answer")
    func whole() throws {
        let server = try ScriptedServer([Self.answer("HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 5\r\nConnection: close\r\n\r\nlater")])
        defer { _ = server.finish() }
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

    @Test("What is secret is neither in curl's arguments nor in its environment, and nobody's `.curlrc` counts")
    func secrets() throws {
        let folder = try TemporaryFolder()
        let (told, home) = (folder.url.appending(path: "told").path, folder.url.path)
        try Data("user-agent = \"from-a-file\"\nheader = \"X-From: file\"\n".utf8).write(to: folder.url.appending(path: ".curlrc"))
        let server = try ScriptedServer([Self.fine])
        defer { _ = server.finish() }
        var request = HTTPRequest(
            .post, server.url("http", "/secretpath"), headers: [HTTPHeader("X-One", "secretheader")], credentials: Credentials(user: "secretname", password: "secretword", headers: [HTTPHeader("X-Two", "secretkey")]), body: Array("secretbody".utf8))
        request.program = try script(folder, "export HOME='\(home)'; { echo \"$@\"; env; } >'\(told)'; exec curl \"$@\"")
        #expect(try request.answer().status == 200)
        let said = try String(contentsOfFile: told, encoding: .utf8)
        #expect(said.hasPrefix("-q ") && !said.contains("secret"), "\(said)")
        let head = String(decoding: try #require(server.finish().first), as: UTF8.self)
        #expect(head.contains("secretheader") && head.contains("secretkey") && head.hasSuffix("secretbody") && !head.contains("from-a-file") && !head.contains("X-From"))
    }

    @Test("A redirection is an answer, and an answer's body and trailers are told apart from its head")
    func redirection() throws {
        let server = try ScriptedServer([
            Self.answer("HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n"),
            Self.answer("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Made\r\nRetry-After: Fri, 20 Nov 2026 18:00:00 GMT\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Late: yes\r\n\r\n"),
        ])
        defer { _ = server.finish() }
        #expect(try HTTPRequest(.get, server.url("http")).answer() == HTTPAnswer(status: 302))
        #expect(try HTTPRequest(.get, server.url("http")).answer() == HTTPAnswer(status: 201, body: Array("abc".utf8)))
        #expect(server.finish().count == 2)
    }

    @Test("Nobody there, no answer in time, an answer without end, and a curl that is missing, killed, silent or loud are failures of their kind")
    func failures() throws {
        let folder = try TemporaryFolder()
        let port = try freePorts(1)[0]
        #expect(reason(HTTPRequest(.get, "http://127.0.0.1:\(port)")) == .unreachable)
        let silent = try ScriptedServer([.nothing, .silence])
        defer { _ = silent.finish() }
        var request = HTTPRequest(.get, silent.url("http"))
        #expect(reason(request) == .unreachable)
        request.seconds = 1
        #expect(reason(request) == .unreachable)
        let long = try ScriptedServer([.http(Array("HTTP/1.1 200 OK\r\n\r\n".utf8) + [UInt8](repeating: 65, count: 3_000_000))])
        defer { _ = long.finish() }
        request = HTTPRequest(.get, long.url("http"))
        #expect(reason(request) == .tooLarge)
        request.answerLimit = 3_000_000
        #expect(try request.answer().body.count == 3_000_000)
        let other = try ScriptedServer([.bytes(Array("SSH-2.0-x\r\n".utf8))])
        defer { _ = other.finish() }
        #expect(reason(HTTPRequest(.get, other.url("http"))) == .garbled)
        #expect(reason(HTTPRequest(.get, other.url("https"))) == .unreachable)
        request.program = folder.url.appending(path: "none").path
        #expect(reason(request) == .noProgram)
        request.program = try script(folder, "kill -9 $$")
        #expect(reason(request) == .unreachable)
        request.program = try script(folder, "exec cat /dev/zero")
        #expect(reason(request) == .tooLarge)
        request.program = try script(folder, "exec cat /dev/zero >&2")
        request.seconds = 1
        #expect(reason(request) == .unreachable)
        request.program = try script(folder, "exec >/dev/null 2>&1 sleep 60")
        #expect(reason(request) == .unreachable)
        request.program = try script(folder, "exit 0")
        #expect(reason(request) == .garbled)
    }

    @Test(
        "What would be another request than it says is not sent",
        arguments: [
            HTTPRequest(.get, "file:///etc/passwd"), HTTPRequest(.get, "ftp://127.0.0.1"), HTTPRequest(.get, "127.0.0.1"), HTTPRequest(.get, "http://"), HTTPRequest(.get, "http://a b"),
            HTTPRequest(.get, "http://user:word@127.0.0.1"), HTTPRequest(.get, "http://127.0.0.1/\noutput = x"), HTTPRequest(.get, "http://127.0.0.1", headers: [HTTPHeader("A", "b\r\nC: d")]),
            HTTPRequest(.get, "http://127.0.0.1", headers: [HTTPHeader("@file", "")]), HTTPRequest(.get, "http://127.0.0.1", headers: [HTTPHeader("", "x")]),
            HTTPRequest(.get, "http://127.0.0.1", credentials: Credentials(user: "a:b")), HTTPRequest(.get, "http://127.0.0.1", credentials: Credentials(user: "a", password: "b\nc")),
            HTTPRequest(.get, "http://127.0.0.1/" + String(repeating: "x", count: 1 << 16)),
        ])
    func unusable(request: HTTPRequest) throws {
        #expect(reason(request) == .unusable)
    }

    @Test("Answers of any bytes are answers or failures")
    func anyBytes() async throws {
        var random = SplitMix64(seed: RandomTest.seed())
        let pieces = ["HTTP/1.1 200 OK\r\n", "HTTP/1.1 ", "999", "HTTP/2 200\r\n", "Content-Length: 5\r\n", "Content-Length: 99999999999999999999\r\n", "Transfer-Encoding: chunked\r\n", "Retry-After: 99999999999999999999999\r\n", "Location: file:///\r\n", "\r\n", "ffffffffffffffff\r\n", "-1\r\n", "xsm-status 200\n", "\0", "Content-Encoding: gzip\r\n"]
        let answers = (0..<60).map { _ -> [UInt8] in
            var bytes = random.percent(70) ? Array("HTTP/1.1 200 OK\r\n".utf8) : []
            for _ in 0..<random.below(12) {
                if random.percent(70) { bytes += random.pick(pieces).utf8 } else { bytes += (0..<random.below(40)).map { _ in UInt8(truncatingIfNeeded: random.next()) } }
            }
            return bytes
        }
        let kinds = try await inPairs(answers) { bytes in
            let server = try ScriptedServer([.http(bytes)])
            defer { _ = server.finish() }
            var request = HTTPRequest(.post, server.url("http"), body: [1])
            request.seconds = 2
            do throws(HTTPFailure) {
                let answer = try request.answer()
                return 200..<1_000 ~= answer.status ? 1 : 0
            } catch {
                return error.detail.isEmpty || error.detail.utf8.contains { $0 < 0x20 } ? 0 : 2
            }
        }
        #expect(!kinds.contains(0) && kinds.contains(1) && kinds.contains(2))
    }
}
