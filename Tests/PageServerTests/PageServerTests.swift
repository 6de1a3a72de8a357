import Foundation
import PageServer
import Synchronization
import TestSupport
import Testing

/// Real connections to a server in this process.
@Suite("A server gives pages, and who is slow or rude holds up nobody")
struct PageServerTests {
    /// Serves while the body runs.
    private static func serving(_ limits: PageServerLimits, _ answer: @escaping @Sendable (PageRequest) -> PageResponse, _ body: (ListeningAddress) throws -> Void) throws {
        let server = try PageServer(try #require(ListeningAddress("127.0.0.1:0")), limits: limits)
        let ended = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            do { try server.run { answer } } catch { Issue.record("\(error)") }
            ended.signal()
        }
        defer {
            server.stop()
            ended.wait()
        }
        try body(server.address)
    }

    private static func echo(_ request: PageRequest) -> PageResponse { PageResponse(.ok, "text/plain", request.path) }

    @Test("Each connection is asked once and answered whole, also with a large page")
    func answers() throws {
        let large = [UInt8](repeating: 0x61, count: 3 << 20)
        try Self.serving(PageServerLimits()) { $0.path == Array("/large".utf8) ? PageResponse(.ok, "text/plain", large) : Self.echo($0) } _: { (address) throws in
            #expect(try RawClient(port: address.port).exchange("GET /here HTTP/1.1\r\nHost: h\r\n\r\n").hasSuffix("\r\n\r\n/here"))
            #expect(try RawClient(port: address.port).exchange("HEAD /here HTTP/1.1\r\nHost: h\r\n\r\n").hasSuffix("\r\n\r\n"))
            #expect(try RawClient(port: address.port).exchange("GET /large HTTP/1.1\r\nHost: h\r\n\r\n").utf8.count > large.count)
            #expect(try RawClient(port: address.port).exchange("nonsense\r\n\r\n").hasPrefix("HTTP/1.1 400 "))
            #expect(try RawClient(port: address.port).exchange("GET /" + String(repeating: "a", count: 20_000)).hasPrefix("HTTP/1.1 431 "))
        }
    }

    @Test("Many that say nothing, or a byte now and then, do not keep others from their page")
    func slow() throws {
        try Self.serving(PageServerLimits(connections: 16, requestTime: 60_000), Self.echo) { (address) throws in
            let silent = try (0..<40).map { _ in try RawClient(port: address.port) }
            for (place, client) in silent.enumerated() where place % 2 == 0 { client.send("GET /") }
            #expect(try RawClient(port: address.port).exchange("GET /here HTTP/1.1\r\nHost: h\r\n\r\n").hasSuffix("/here"))
            _ = silent
        }
    }

    @Test("A request that does not come in its time is given up")
    func timeout() throws {
        try Self.serving(PageServerLimits(requestTime: 200), Self.echo) { (address) throws in
            #expect(try RawClient(port: address.port).exchange("GET /").hasPrefix("HTTP/1.1 408 "))
            let silent = try RawClient(port: address.port).exchange("")
            #expect(silent.isEmpty)
        }
    }

    @Test("Who asks while too many wait is told to come again, and a slow answer holds up no quick one")
    func busy() throws {
        let gate = DispatchSemaphore(value: 0)
        let limits = PageServerLimits(waiting: 1, workers: 2)
        let started = Atomic(0)
        try Self.serving(limits) { request in
            if request.path == Array("/slow".utf8) {
                started.add(1, ordering: .relaxed)
                gate.wait()
            }
            return Self.echo(request)
        } _: { (address) throws in
            let first = try RawClient(port: address.port)
            first.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n")
            while started.load(ordering: .relaxed) < 1 { usleep(1_000) }
            #expect(try RawClient(port: address.port).exchange("GET /quick HTTP/1.1\r\nHost: h\r\n\r\n").hasSuffix("/quick"))
            let second = try RawClient(port: address.port)
            second.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n")
            while started.load(ordering: .relaxed) < 2 { usleep(1_000) }
            let third = try RawClient(port: address.port)
            third.send("GET /waits HTTP/1.1\r\nHost: h\r\n\r\n")
            // It waits for a worker; the next one has no place.
            var last = ""
            repeat { last = try RawClient(port: address.port).exchange("GET /last HTTP/1.1\r\nHost: h\r\n\r\n", patience: 1) } while !last.hasPrefix("HTTP/1.1 503 ")
            gate.signal()
            gate.signal()
            for (client, path) in [(first, "/slow"), (second, "/slow"), (third, "/waits")] { #expect(client.rest().hasSuffix(path)) }
        }
    }
}
