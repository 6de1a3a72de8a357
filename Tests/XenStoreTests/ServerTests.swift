import Foundation
import Glibc
import TestSupport
import Testing

@testable import XenStore

@Suite("Server")
struct ServerTests {
    @Test("clients at a socket are of its domain; the embedder sees what they do, and they what it does")
    func together() throws {
        let folder = try TemporaryFolder()
        let path = folder.url.appendingPathComponent("socket").path
        let server = try XenStoreServer()
        try server.listen(onSocketAt: path, domain: 0, mode: 0o600)
        var status = stat()
        #expect(unsafe stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        let guest = try SocketClient(server, 5)
        #expect(!server.isIntroduced(5))
        server.introduce(5)
        #expect(server.isIntroduced(5))
        try server.write("/local/domain/5/x", Array("1".utf8), permissions: NodePermissions(owner: 5))
        #expect(guest.request(.read, "x\0") == Array("1".utf8))
        #expect(guest.request(.watch, "x\0t\0") == Array("OK\0".utf8))
        #expect(guest.receive()?.payload == Array("x\0t\0".utf8))
        try server.write("/local/domain/5/x", Array("2".utf8))
        // The server's thread is woken to tell it.
        #expect(guest.receive()?.payload == Array("x\0t\0".utf8))
        #expect(guest.request(.write, "x\0" + "3") == Array("OK\0".utf8))
        #expect(try server.read("/local/domain/5/x") == Array("3".utf8))
        #expect(try server.permissions(of: "/local/domain/5/x") == NodePermissions(owner: 5))
        try server.setPermissions(of: "/local/domain/5/x", to: NodePermissions(owner: 5, others: .write))
        #expect(try server.permissions(of: "/local/domain/5/x").others == .write)
        #expect(throws: XenStoreError.notFound) { try server.setPermissions(of: "/no", to: NodePermissions(owner: 5)) }
        #expect(try server.children(of: "/local/domain") == ["5"])
        #expect(throws: XenStoreError.notFound) { try server.read("/no") }
        #expect(throws: XenStoreError.notFound) { try server.setTarget(of: 5, to: 6) }
        try server.remove("/local/domain/5/x")
        #expect(throws: XenStoreError.notFound) { try server.read("/local/domain/5/x") }
        server.release(5)
        #expect(guest.isClosedByServer())
        server.stop()
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("a store outlives its server, in a file that is whole")
    func keeping() throws {
        let folder = try TemporaryFolder()
        let path = folder.url.appendingPathComponent("store").path
        let server = try XenStoreServer()
        try server.write("/a/b", [1, 2, 3], permissions: NodePermissions(owner: 4, others: .read))
        try server.save(to: path)
        server.stop()
        let next = try XenStoreServer.restored(fromFileAt: path)
        #expect(try next.read("/a/b") == [1, 2, 3])
        #expect(try next.permissions(of: "/a/b") == NodePermissions(owner: 4, others: .read))
        try next.save(to: path)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["store"])
        // What guests keep in it is nobody else's to read.
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        #expect(throws: XenStoreServerError.self) { try XenStoreServer.restored(fromFileAt: path + "-missing") }
        #expect(throws: XenStoreServerError.self) { try next.save(to: path + "/not/there") }
        #expect(throws: SavedStoreError.notAStore) { try XenStoreServer.restored(from: [1, 2, 3]) }
        #expect(throws: XenStoreServerError.self) { try next.listen(onSocketAt: String(repeating: "x", count: 200)) }
    }

    @Test("whatever bytes a client sends, it gets replies or is disconnected, and others are served")
    func hostileBytes() throws {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        // Those that have gone may not be missed yet when the next ones come.
        var quotas = XenStoreQuotas()
        quotas.connections = 400
        let server = try XenStoreServer(quotas: quotas)
        let friend = try SocketClient(server, 0)
        let words = ["/", "x", "/tool", "@releaseDomain", "T", "F", "5", "n0", "r5", "1", "", "//", "../x", "print", "t"]
        for round in 0..<200 {
            let hostile = try SocketClient(server, random.pick([0, 5, 6]))
            for _ in 0...random.below(20) {
                var bytes: [UInt8] = []
                var payload: [UInt8] = []
                for _ in 0..<random.below(4) { payload += Array(random.pick(words).utf8) + (random.percent(90) ? [0] : []) }
                if random.percent(10) { payload += (0..<random.below(300)).map { _ in UInt8(truncatingIfNeeded: random.next()) } }
                // Not the ones that would release the others.
                var header = MessageHeader(.read, request: 3, length: UInt32(payload.count))
                header.type = UInt32(random.below(25))
                if header.type == MessageType.release.rawValue { header.type = 99 }
                if random.percent(30) { header.transaction = UInt32(random.below(3)) }
                if random.percent(3) { header.length = UInt32(truncatingIfNeeded: random.next()) }
                if random.percent(3) { header.length = UInt32(random.below(5_000)) }
                header.append(to: &bytes)
                bytes += payload
                if random.percent(3) { bytes = (0..<random.below(100)).map { _ in UInt8(truncatingIfNeeded: random.next()) } }
                if random.percent(5) { bytes.removeLast(random.below(bytes.count)) }
                if !hostile.send(bytes) { break }
            }
            if round % 20 == 0 { #expect(friend.request(.getDomainPath, "7\0") != nil, "seed \(seed)") }
        }
        #expect(friend.request(.getDomainPath, "7\0") == Array("/local/domain/7\0".utf8), "seed \(seed)")
    }

    @Test("a message that is too long ends its connection, one in pieces does not")
    func lengths() throws {
        let server = try XenStoreServer()
        let long = try SocketClient(server, 5)
        var bytes: [UInt8] = []
        MessageHeader(.read, length: 4_097).append(to: &bytes)
        long.send(bytes)
        #expect(long.isClosedByServer())
        let slow = try SocketClient(server, 0)
        bytes = []
        let value = [UInt8](repeating: 7, count: 4_090)
        MessageHeader(.write, length: 4_093).append(to: &bytes)
        for piece in [bytes[..<3], bytes[3...], Array("/a\0".utf8)[...], value[..<2_000], value[2_000...]] {
            slow.send(Array(piece))
            usleep(2_000)
        }
        #expect(slow.receive()?.payload == Array("OK\0".utf8))
        #expect(try server.read("/a") == value)
    }

    @Test("whoever floods and does not read is no longer read from, and others are served; when it reads, all replies come")
    func flood() throws {
        let server = try XenStoreServer()
        try server.write("/big", [UInt8](repeating: 1, count: 4_000), permissions: NodePermissions(owner: 0, others: .read))
        let flooder = try SocketClient(server, 5)
        var message: [UInt8] = []
        MessageHeader(.read, length: 5).append(to: &message)
        message += Array("/big\0".utf8)
        var sent = 0
        var refusals = 0
        // Sockets take some; then the server must not.
        while refusals < 20, sent < 200_000 {
            if flooder.send(message, waiting: false) { sent += 1 } else { refusals += 1; usleep(5_000) }
        }
        #expect(refusals == 20, "the server took \(sent) requests of one that never reads")
        let friend = try SocketClient(server, 0)
        #expect(friend.request(.read, "/big\0")?.count == 4_000)
        for index in 0..<(sent - 1) {
            guard let reply = flooder.receive() else {
                Issue.record("reply \(index) of \(sent) is missing")
                break
            }
            #expect(reply.payload.count == 4_000)
        }
    }

    @Test("one that sends without pause leaves others their turn")
    func fairness() throws {
        let server = try XenStoreServer()
        let stop = TestFlag()
        let busy = try SocketClient(server, 5)
        let writer = Foundation.Thread.detached { [descriptor = busy.descriptor] in
            var message: [UInt8] = []
            for _ in 0..<500 {
                MessageHeader(.getDomainPath, length: 2).append(to: &message)
                message += Array("7\0".utf8)
            }
            var piece = [UInt8](repeating: 0, count: 1 << 16)
            while !stop.isSet {
                unsafe _ = Glibc.send(descriptor, message, message.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
                unsafe _ = recv(descriptor, &piece, piece.count, Int32(MSG_DONTWAIT))
            }
        }
        let friend = try SocketClient(server, 0)
        let start = ContinuousClock.now
        for _ in 0..<200 { #expect(friend.request(.getDomainPath, "7\0") != nil) }
        let elapsed = ContinuousClock.now - start
        stop.set()
        writer()
        #expect(elapsed < .seconds(60))
    }

    @Test("connections beyond a domain's number are closed, and so are all when the server stops")
    func connections() throws {
        let server = try XenStoreServer()
        var clients: [SocketClient] = []
        for _ in 0..<16 { clients.append(try SocketClient(server, 5)) }
        #expect(throws: XenStoreServerError.self) { try SocketClient(server, 5) }
        #expect(clients[3].request(.getDomainPath, "1\0") != nil)
        clients.removeFirst()
        // It is known that it has gone when its descriptor says so.
        var next: SocketClient?
        for _ in 0..<500 where next == nil {
            next = try? SocketClient(server, 5)
            if next == nil { usleep(2_000) }
        }
        #expect(next != nil)
        server.stop()
        for client in clients { #expect(client.isClosedByServer()) }
        #expect(throws: XenStoreServerError.self) { try SocketClient(server, 6) }
        #expect(throws: XenStoreServerError.self) { try server.listen(onSocketAt: "/tmp/xenstore-nobody-listens") }
        server.stop()
    }

    @Test("many threads of the embedder and many clients do not get in each other's way")
    func threads() async throws {
        let server = try XenStoreServer()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    let domain = UInt16(10 + worker)
                    for round in 0..<20 {
                        server.introduce(domain)
                        let client = try SocketClient(server, domain)
                        try server.write("/local/domain/\(domain)/x", [UInt8(round)], permissions: NodePermissions(owner: domain))
                        #expect(client.request(.read, "x\0") == [UInt8(round)])
                        #expect(client.request(.write, "x/y\0z") != nil)
                        #expect(!server.savedStore().isEmpty)
                        server.release(domain)
                        #expect(client.isClosedByServer())
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(throws: XenStoreError.notFound) { try server.read("/local/domain/10/x") }
    }
}
