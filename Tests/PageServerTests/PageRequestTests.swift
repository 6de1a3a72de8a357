import TestSupport
import Testing

@testable import PageServer

@Suite("A request is read whole or refused")
struct PageRequestTests {
    private static func parse(_ text: String) -> PageRequest.Parsing { PageRequest.parse(Array(text.utf8)) }

    @Test("A page's address is taken apart: any bytes may stand in it")
    func whole() {
        let parsed = Self.parse("GET /a%20b+c%zz?x=1&y=%ff+%00&&=v&bare HTTP/1.1\r\nHost:  me:1 \r\nCookie: a=1; xsm=two=2\r\n\r\n")
        guard case .whole(let request) = parsed else {
            Issue.record("\(parsed)")
            return
        }
        #expect(request.method == .get && request.path == Array("/a b+c%zz".utf8))
        #expect(request.query == [FormField("x", [0x31]), FormField("y", [0xff, 0x20, 0]), FormField("", [0x76]), FormField("bare", [])])
        #expect(request.headers["host"] == Array("me:1".utf8))
        #expect(request.cookie("xsm") == Array("two=2".utf8) && request.cookie("x") == nil)
    }

    @Test("A form comes with its length, and what it sends is there")
    func form() {
        let head = "POST /sign-in HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n"
        #expect(Self.parse(head + "token=a%") == .unfinished(wanted: head.utf8.count + 9))
        #expect(Self.parse("GET / HTTP/1.1\r\n") == .unfinished(wanted: 0))
        guard case .whole(let request) = Self.parse(head + "token=a%2") else {
            Issue.record("it is whole")
            return
        }
        #expect(request.form == [FormField("token", Array("a%2".utf8))])
    }

    @Test(
        "What is not a request that this server answers is refused by its reason",
        arguments: [
            ("GET / HTTP/1.1\r\n\r\n", PageStatus.badRequest), ("GET / HTTP/2.0\r\nHost: h\r\n\r\n", .versionNotSupported),
            ("GET http://other/ HTTP/1.1\r\nHost: h\r\n\r\n", .badRequest), ("DELETE / HTTP/1.1\r\nHost: h\r\n\r\n", .methodNotAllowed),
            ("POST / HTTP/1.1\r\nHost: h\r\n\r\n", .lengthRequired), ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", .lengthRequired),
            ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4097\r\n\r\n", .formTooLarge),
            ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n", .badRequest),
            ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", .badRequest),
            ("GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello", .badRequest), ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", .badRequest),
            ("GET / HTTP/1.1\r\nHost : h\r\n\r\n", .badRequest), ("GET / HTTP/1.1\r\nHost: h\r\n folded\r\n\r\n", .badRequest),
            ("GET  / HTTP/1.1\r\nHost: h\r\n\r\n", .badRequest), ("\r\n\r\n", .badRequest), ("GET /\u{0} HTTP/1.1\r\nHost: h\r\n\r\n", .badRequest),
            ("GET / HTTP/1.1\r\nHost: h\r\n" + String(repeating: "a: b\r\n", count: 101) + "\r\n", .headTooLarge),
            ("GET /" + String(repeating: "a", count: 17_000), .headTooLarge),
        ])
    func refused(text: String, status: PageStatus) {
        #expect(Self.parse(text) == .refused(status))
    }

    @Test("Any bytes are read without harm, in pieces as whole")
    func anyBytes() {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        let words = ["GET ", "POST ", "/", "?", "a=b", "%", "%4", "%41", "&", " HTTP/1.1", "\r\n", "\n", "Host: h", "Content-Length: ", "3", ":", "\r", "\u{0}", "é", " "]
        var outcomes: Set<String> = []
        for _ in 0..<20_000 {
            var bytes: [UInt8] = []
            for _ in 0..<random.below(14) { bytes += random.percent(90) ? Array(random.pick(words).utf8) : [UInt8(truncatingIfNeeded: random.next())] }
            if random.percent(60) { bytes = Array("GET /x?y=z HTTP/1.1\r\nHost: h\r\n".utf8) + bytes }
            let parsed = PageRequest.parse(bytes)
            switch parsed {
            case .unfinished: outcomes.insert("unfinished")
            case .refused(let status): outcomes.insert(status.phrase)
            case .whole:
                outcomes.insert("whole")
                // What is whole is so by what stands there; more behind it changes nothing.
                #expect(PageRequest.parse(bytes + [0x41]) == parsed, "\(bytes)")
            }
        }
        #expect(outcomes.isSuperset(of: ["unfinished", "whole", "Bad Request"]), "\(outcomes)")
    }

    @Test("A link's fields are read back as they were, whatever bytes they are")
    func links() {
        let fields = [FormField("a b", Array(0...255)), FormField("é&=", [])]
        guard case .whole(let request) = Self.parse("GET /?\(FormField.query(fields)) HTTP/1.0\r\n\r\n") else {
            Issue.record("it is whole")
            return
        }
        #expect(request.query == fields)
    }

    @Test("Every answer tells the browser to run nothing and to load nothing from elsewhere; a header with a line end is left out")
    func answers() {
        var response = PageResponse(.ok, "text/html", Array("page".utf8))
        response.headers = [("X-Good", "1"), ("X-Bad", "1\r\nSet-Cookie: a=b")]
        let text = String(decoding: response.bytes(), as: UTF8.self)
        #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n") && text.hasSuffix("\r\n\r\npage") && text.contains("\r\nContent-Length: 4\r\n"))
        #expect(text.contains("\r\nContent-Security-Policy: default-src 'none'; style-src 'self';"))
        #expect(text.contains("X-Good: 1") && !text.contains("Set-Cookie"))
        #expect(String(decoding: response.bytes(withBody: false), as: UTF8.self).hasSuffix("\r\n\r\n"))
    }

    @Test("A server is meant by its address and as localhost, by nothing else")
    func hosts() throws {
        let address = try #require(ListeningAddress("127.0.0.1:8642"))
        for host in ["127.0.0.1:8642", "localhost:8642", "LOCALHOST:8642"] { #expect(address.isMeant(by: Array(host.utf8)), "\(host)") }
        for host in ["", "127.0.0.1", "evil.example:8642", "localhost.evil.example:8642", "127.0.0.1:8643", "[::1]:8642"] {
            #expect(!address.isMeant(by: Array(host.utf8)), "\(host)")
        }
        #expect(ListeningAddress("[::1]:80")?.isLoopback == true && ListeningAddress("0.0.0.0:80")?.isLoopback == false)
        #expect(ListeningAddress("8080")?.description == "127.0.0.1:8080")
        for text in ["", "host:1", "127.0.0.1:65536", "127.0.0.1:", "[127.0.0.1]:1", "::1:80", "1.2.3:4", "127.1:80"] { #expect(ListeningAddress(text) == nil, "\(text)") }
    }
}
