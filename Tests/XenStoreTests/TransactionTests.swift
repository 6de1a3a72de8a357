import Testing

@testable import XenStore

@Suite("Transactions")
struct TransactionTests {
    let engine = StoreEngine()
    let one: EngineClient
    let two: EngineClient

    init() throws {
        one = try EngineClient(engine, 0)
        two = try EngineClient(engine, 0)
        try one.write("/a", "1")
        try one.write("/b", "1")
        try one.make("/dir/x")
    }

    @Test("a transaction sees the store as it began, and its own changes; nobody else sees those before it ends")
    func isolation() throws {
        let number = try one.start()
        try two.write("/b", "2")
        #expect(try one.read("/b", number) == "1")
        try one.write("/a", "3", number)
        #expect(try one.read("/a", number) == "3")
        #expect(try two.read("/a") == "1")
        #expect(throws: XenStoreError.tryAgain) { try one.commit(number) }
        #expect(try two.read("/a") == "1")
    }

    @Test("what others change elsewhere is no conflict: both are there afterwards")
    func merge() throws {
        let number = try one.start()
        _ = try one.read("/a", number)
        try one.write("/a", "2", number)
        try one.make("/dir/y", number)
        try two.write("/b", "2")
        try two.make("/dir/z")
        try two.write("/new/deep", "3")
        try one.commit(number)
        #expect(try two.read("/a") == "2")
        #expect(try two.read("/b") == "2")
        #expect(try two.list("/dir") == ["x", "y", "z"])
        #expect(try two.read("/new/deep") == "3")
    }

    /// What one transaction does, what somebody else does meanwhile, and whether they get in each other's way.
    static let meetings:
        [(
            String, @Sendable (EngineClient, UInt32) throws -> Void, @Sendable (EngineClient) throws -> Void, Bool
        )] = [
        ("read, written", { _ = try $0.read("/a", $1) }, { try $0.write("/a", "2") }, true),
        ("read, permissions set", { _ = try $0.read("/a", $1) }, { try $0.setPermissions("/a", "r0") }, false),
        ("read, child made", { _ = try $0.read("/a", $1) }, { try $0.make("/a/c") }, false),
        ("read, removed", { _ = try $0.read("/a", $1) }, { try $0.remove("/a") }, true),
        ("written, written", { try $0.write("/a", "3", $1) }, { try $0.write("/a", "2") }, false),
        ("written, removed", { try $0.write("/a", "3", $1) }, { try $0.remove("/a") }, true),
        ("listed, child made", { _ = try $0.list("/dir", $1) }, { try $0.make("/dir/y") }, true),
        ("listed, child written", { _ = try $0.list("/dir", $1) }, { try $0.write("/dir/x", "2") }, false),
        ("missing, made", { _ = try? $0.read("/q/r", $1) }, { try $0.make("/q") }, true),
        ("missing, other made", { _ = try? $0.read("/q/r", $1) }, { try $0.make("/s") }, false),
        ("missing, parent removed", { _ = try? $0.read("/dir/q", $1) }, { try $0.remove("/dir") }, false),
        ("made, made", { try $0.make("/q", $1) }, { try $0.make("/q") }, true),
        ("made below, removed", { try $0.make("/dir/x/y", $1) }, { try $0.remove("/dir") }, true),
        (
            "made below, permissions set", { try $0.make("/dir/x/y", $1) }, { try $0.setPermissions("/dir/x", "r0") }, true
        ),
        ("permissions read, set", { _ = try $0.permissions("/a", $1) }, { try $0.setPermissions("/a", "r0") }, true),
        ("permissions read, written", { _ = try $0.permissions("/a", $1) }, { try $0.write("/a", "2") }, false),
        ("removed nothing, parent removed", { try $0.remove("/dir/none", $1) }, { try $0.remove("/dir") }, true),
        ("removed, child made", { try $0.remove("/dir", $1) }, { try $0.make("/dir/y") }, false),
        (
            "own value read, written", { try $0.write("/a", "3", $1); _ = try $0.read("/a", $1) },
            { try $0.write("/a", "2") }, false
        ),
    ]

    @Test("only what an answer depended on is a conflict", arguments: 0..<19)
    func conflicts(index: Int) throws {
        #expect(Self.meetings.count == 19)
        let (name, mine, theirs, isConflict) = Self.meetings[index]
        let number = try one.start()
        try mine(one, number)
        // Something changes in any case: a transaction that only reads has no conflicts.
        try one.write("/mine", "", number)
        try theirs(two)
        if isConflict {
            #expect(throws: XenStoreError.tryAgain, "\(name)") { try one.commit(number) }
        } else {
            #expect(throws: Never.self, "\(name)") { try one.commit(number) }
        }
    }

    @Test("a transaction that changes nothing is never in anybody's way")
    func readOnly() throws {
        let number = try one.start()
        _ = try one.read("/a", number)
        try one.make("/dir", number)
        try one.remove("/dir/nothing", number)
        try two.write("/a", "2")
        try two.remove("/dir")
        try one.commit(number)
        #expect(throws: XenStoreError.notFound) { try two.list("/dir") }
    }

    @Test("numbers of transactions are their connection's, and end with them")
    func numbers() throws {
        let number = try one.start()
        #expect(throws: XenStoreError.notFound) { try two.read("/a", number) }
        #expect(throws: XenStoreError.busy) { try one.send(.transactionStart, [0], transaction: number) }
        #expect(throws: XenStoreError.invalidArgument) {
            try one.send(.transactionEnd, one.strings("X"), transaction: number)
        }
        try one.commit(number)
        #expect(throws: XenStoreError.notFound) { try one.commit(number) }
        #expect(throws: XenStoreError.notFound) { try one.send(.transactionEnd, one.strings("T")) }
        // The number says nothing for watches.
        _ = try one.send(.watch, one.strings("/a", "t"), transaction: 77)
    }

    @Test("a transaction keeps the tree that it began with, and costs nothing to begin")
    func snapshot() throws {
        let number = try one.start()
        #expect(one.connection.transactions[number]?.root === engine.root)
        try two.remove("/dir")
        #expect(try one.list("/dir", number) == ["x"])
    }

    @Test("nodes that a transaction makes and removes are counted for their owner at its end")
    func counting() throws {
        let guest = try EngineClient(engine, 5)
        try one.make("/local/domain/5")
        try one.setPermissions("/local/domain/5", "n5")
        for meanwhile in [false, true] {
            let number = try guest.start()
            try guest.write("x/y/z", "", number)
            try guest.remove("x/y", number)
            if meanwhile { try one.write("/b", "3") }
            #expect(engine.domains[5]?.nodes == 1)
            try guest.commit(number)
            #expect(engine.domains[5]?.nodes == 2)
            try guest.remove("x")
            #expect(engine.domains[5]?.nodes == 1)
        }
    }
}
