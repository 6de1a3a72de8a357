import Testing

@testable import XenStore

@Suite("Quotas")
struct QuotaTests {
    let engine = StoreEngine()
    let control: EngineClient
    let guest: EngineClient

    init() throws {
        control = try EngineClient(engine, 0)
        guest = try EngineClient(engine, 5)
        try control.make("/local/domain/5")
        try control.setPermissions("/local/domain/5", "n5")
    }

    @Test("a domain owns so many nodes and no more, in transactions too; the control domain any number")
    func nodes() throws {
        // Few in each, so that none grows too large.
        for index in 0..<33 {
            for leaf in 0..<29 { try guest.make("d\(index)/\(leaf)") }
        }
        #expect(engine.domains[5]?.nodes == 991)
        #expect(throws: XenStoreError.noSpace) { try guest.make("a/b/c/d/e/f/g/h/i/j") }
        for name in ["a/b/c", "d", "e", "f"] { try guest.make(name) }
        var number = try guest.start()
        try guest.make("g", number)
        try guest.make("h", number)
        try guest.make("i", number)
        #expect(engine.domains[5]?.nodes == 997)
        #expect(throws: XenStoreError.noSpace) { try guest.make("j", number) }
        // Another takes the room meanwhile.
        try guest.make("j")
        #expect(throws: XenStoreError.tryAgain) {
            try guest.make("d", number)
            try guest.commit(number)
        }
        number = try guest.start()
        try guest.write("d/x", "", number)
        try guest.write("d/y", "", number)
        try guest.write("e/z", "")
        #expect(throws: XenStoreError.noSpace) { try guest.commit(number) }
        try guest.write("f/z", "")
        #expect(engine.domains[5]?.nodes == 1_000)
        #expect(throws: XenStoreError.noSpace) { try guest.make("k") }
        try control.make("/local/domain/5/k/l")
        try guest.remove("a")
        try guest.remove("k")
        try guest.make("k")
    }

    @Test("a node is only so large, with its permissions and the names of its children")
    func nodeSize() throws {
        // A header of 24 bytes, one entry of 8.
        try guest.write("x", String(repeating: "v", count: 2_047 - 32))
        #expect(throws: XenStoreError.noSpace) { try guest.write("x", String(repeating: "v", count: 2_048 - 32)) }
        #expect(throws: XenStoreError.noSpace) { try guest.make("x/y") }
        #expect(throws: XenStoreError.noSpace) { try guest.setPermissions("x", "n5 r6") }
        try control.write("/local/domain/5/x", String(repeating: "v", count: 4_000))
    }

    @Test("watches, transactions and entries of permissions are limited")
    func numbers() throws {
        for index in 0..<128 { try guest.watch("x", String(index)) }
        #expect(throws: XenStoreError.tooBig) { try guest.watch("x", "more") }
        try guest.unwatch("x", "7")
        try guest.watch("x", "more")
        _ = try guest.send(.resetWatches, [0])
        try guest.watch("x", "7")
        var number: UInt32 = 0
        for _ in 0..<10 { number = try guest.start() }
        #expect(throws: XenStoreError.noSpace) { try guest.start() }
        try guest.abort(number)
        _ = try guest.start()
        try guest.make("x")
        try guest.setPermissions("x", "n5 r1 r2 r3 r4")
        #expect(throws: XenStoreError.noSpace) { try guest.setPermissions("x", "n5 r1 r2 r3 r4 r6") }
        for index in 0..<200 { try control.watch("/x", String(index)) }
        for _ in 0..<200 { _ = try control.start() }
    }

    @Test("quotas are the domain's, however many connections it has, and it has not many")
    func connections() throws {
        var others: [EngineClient] = []
        for _ in 1..<16 { others.append(try EngineClient(engine, 5)) }
        #expect(engine.connect(5) == nil)
        for (index, client) in others.enumerated() {
            for watch in 0..<8 { try client.watch("x", "\(index) \(watch)") }
        }
        for index in 0..<8 { try guest.watch("x", String(index)) }
        #expect(throws: XenStoreError.tooBig) { try guest.watch("y", "") }
        engine.disconnect(others[0].connection)
        #expect(engine.connect(5) != nil)
        try guest.watch("y", "")
    }

    @Test("a transaction holds so many requests; then it has failed")
    func requestsInTransaction() throws {
        let number = try guest.start()
        for _ in 0..<1_024 { _ = try? guest.read("x", number) }
        #expect(throws: XenStoreError.noSpace) { try guest.read("x", number) }
        #expect(throws: XenStoreError.outOfMemory) { try guest.commit(number) }
        let another = try control.start()
        for _ in 0..<2_000 { _ = try? control.read("/x", another) }
        try control.commit(another)
    }

    @Test("what transactions hold is limited, and given back")
    func memory() throws {
        let value = String(repeating: "v", count: 1_900)
        var numbers: [UInt32] = []
        var isFull = false
        while !isFull, numbers.count < 10 {
            let number = try guest.start()
            numbers.append(number)
            for index in 0..<800 {
                do {
                    try guest.write("x\(index % 20)", value, number)
                } catch {
                    #expect(error == .outOfMemory)
                    isFull = true
                    break
                }
            }
        }
        #expect(isFull)
        for number in numbers { try guest.abort(number) }
        #expect(engine.domains[5]?.transactionBytes == 0)
        #expect(engine.domains[5]?.transactions == 0)
        let number = try guest.start()
        try guest.write("x", "1", number)
        try guest.commit(number)
    }

    @Test("watches of very deep paths are fewer, and given back")
    func deepWatches() throws {
        let deep = String(repeating: "/x", count: 1_000)
        var number = 0
        #expect(throws: XenStoreError.outOfMemory) {
            while number < 128 {
                try guest.watch("/\(number)" + deep, "t")
                number += 1
            }
        }
        #expect(number > 2 && number < 10)
        try guest.unwatch("/0" + deep, "t")
        try guest.watch("/0" + deep, "u")
        _ = try guest.send(.resetWatches, [0])
        #expect(engine.domains[5]?.watchBytes == 0 && engine.domains[5]?.watches == 0)
        #expect(engine.watches.children.isEmpty)
        for index in 0..<128 { try guest.watch("/local/domain/5/device/vif/\(index)/state", "t") }
    }

    @Test("events for a domain that never reads are not kept for ever; the control domain is disconnected")
    func events() throws {
        var quotas = XenStoreQuotas()
        quotas.memory = 40_000
        quotas.unsentOfControlDomain = 80_000
        let engine = StoreEngine(quotas: quotas)
        let writer = try EngineClient(engine, 0)
        let control = try EngineClient(engine, 0)
        let guest = try EngineClient(engine, 5)
        try writer.write("/x", "")
        try writer.setPermissions("/x", "r0")
        try guest.watch("/x", "t")
        try control.watch("/x", "t")
        for index in 0..<4_000 { try writer.write("/x/\(index)", "") }
        #expect(guest.connection.output.count <= 40_000)
        #expect(!guest.connection.isClosed)
        #expect(control.connection.output.count <= 80_000)
        #expect(control.connection.isClosed)
    }
}
