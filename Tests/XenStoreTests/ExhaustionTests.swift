import Testing

@testable import XenStore

@Suite("One that takes all it can")
struct ExhaustionTests {
    @Test("others are served meanwhile, and all is given back when it goes")
    func greed() throws {
        let server = try XenStoreServer()
        server.introduce(5)
        try server.write("/local/domain/5", [], permissions: NodePermissions(owner: 5))
        var clients: [SocketClient] = []
        while let client = try? SocketClient(server, 5) { clients.append(client) }
        #expect(clients.count == 16)
        // Nodes, watches and transactions until each is refused.
        var (nodes, watches, transactions) = (0, 0, 0)
        while clients[nodes % 8].request(.write, "d\(nodes / 30)/\(nodes)\0value") != nil { nodes += 1 }
        while clients[watches % 8].request(.watch, "w\0\(watches)\0") != nil { watches += 1 }
        while clients[transactions % 8].request(.transactionStart, "\0") != nil { transactions += 1 }
        #expect(nodes > 900 && nodes < 1_000)
        #expect(watches == 128)
        #expect(transactions == 10)
        // Some stop in the middle of a header, some in the middle of a payload that never comes; some flood and never read.
        var message: [UInt8] = []
        MessageHeader(.write, length: 4_096).append(to: &message)
        for client in clients[8..<10] { client.send(Array(message.prefix(7))) }
        for client in clients[10..<12] { client.send(message + [1, 2, 3]) }
        message = []
        MessageHeader(.directory, length: 1).append(to: &message)
        message += [0]
        for client in clients[12...] {
            for _ in 0..<100_000 where !client.send(message, waiting: false) { break }
        }
        for domain: UInt16 in [0, 6] {
            let start = ContinuousClock.now
            let friend = try SocketClient(server, domain)
            for _ in 0..<20 { #expect(friend.request(.getDomainPath, "6\0") == Array("/local/domain/6\0".utf8)) }
            // Each answer would wait for the flooders else, who never end.
            #expect(ContinuousClock.now - start < .seconds(60))
        }
        clients = []
        server.release(5)
        #expect(throws: XenStoreError.notFound) { try server.read("/local/domain/5") }
        server.introduce(5)
        try server.write("/local/domain/5", [], permissions: NodePermissions(owner: 5))
        let client = try SocketClient(server, 5)
        for index in 0..<200 { #expect(client.request(.write, "d\(index / 30)/\(index)\0value") != nil) }
        for index in 0..<128 { #expect(client.request(.watch, "w\0\(index)\0") != nil) }
    }
}
