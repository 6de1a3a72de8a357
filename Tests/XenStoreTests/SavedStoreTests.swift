import TestSupport
import Testing

@testable import XenStore

@Suite("Saved stores")
struct SavedStoreTests {
    /// A store with many nodes.
    private func engine(_ random: inout SplitMix64) throws -> StoreEngine {
        let engine = StoreEngine()
        let control = try EngineClient(engine, 0)
        for _ in 0..<200 {
            let names = (0...random.below(5)).map { _ in random.pick(["a", "b", "longer-name", "x_\(random.below(50))"]) }
            let path = names.map { "/" + $0 }.joined()
            try control.write(path, String(repeating: "v", count: random.below(40)))
            if random.percent(30) { try control.setPermissions(path, "n\(random.below(4)) r\(random.below(9)) b7") }
        }
        try control.setPermissions("@releaseDomain", "n0 r7")
        return engine
    }

    /// All that a store holds.
    private func contents(_ engine: StoreEngine) -> [String] {
        var result: [String] = []
        func visit(_ node: StoreNode, _ path: String) {
            result.append("\(path) \(node.value) \(node.permissions)")
            node.children.forEach { visit($0, path + "/" + String(decoding: $0.name, as: UTF8.self)) }
        }
        visit(engine.root, "")
        return result
    }

    @Test("a store that was saved is read as it was")
    func roundTrip() throws {
        var random = SplitMix64(seed: 11)
        let engine = try engine(&random)
        let bytes = engine.saved().bytes()
        let again = StoreEngine(try SavedStore(bytes), quotas: XenStoreQuotas())
        #expect(contents(again) == contents(engine))
        #expect(again.specialPermissions[.releaseDomain]?.permissions == engine.specialPermissions[.releaseDomain]?.permissions)
        #expect(again.saved().bytes() == bytes)
        for domain in UInt16(0)..<10 { #expect(again.domains[domain]?.nodes ?? 0 == engine.domains[domain]?.nodes ?? 0) }
        // Permissions still hold.
        let control = try EngineClient(again, 0)
        try control.write("/last", "1")
        try control.setPermissions("/last", "n0 r7")
        let third = StoreEngine(try SavedStore(again.saved().bytes()), quotas: XenStoreQuotas())
        third.introduce(7)
        #expect(try EngineClient(third, 7).read("/last") == "1")
    }

    @Test("what was allowed to a domain that is gone is not saved")
    func goneDomain() throws {
        let engine = StoreEngine()
        let control = try EngineClient(engine, 0)
        engine.introduce(7)
        try control.write("/a", "1")
        try control.setPermissions("/a", "n0 r7 r8")
        engine.release(7)
        let again = StoreEngine(try SavedStore(engine.saved().bytes()), quotas: XenStoreQuotas())
        #expect(try EngineClient(again, 0).permissions("/a") == "n0 r8")
    }

    @Test("a store that is saved while it changes is one moment of it")
    func snapshot() throws {
        let engine = StoreEngine()
        let control = try EngineClient(engine, 0)
        try control.write("/a", "1")
        let saved = engine.saved()
        try control.write("/a", "2")
        try control.remove("/tool")
        let again = StoreEngine(try SavedStore(saved.bytes()), quotas: XenStoreQuotas())
        #expect(try EngineClient(again, 0).read("/a") == "1")
        #expect(try EngineClient(again, 0).list("/") == ["a", "tool"])
    }

    @Test("bytes of another kind are told apart")
    func wrongBytes() throws {
        let bytes = StoreEngine().saved().bytes()
        func failure(_ bytes: [UInt8]) -> SavedStoreError? {
            do {
                _ = try SavedStore(bytes)
                return nil
            } catch {
                return error
            }
        }
        #expect(failure([]) == .notAStore)
        #expect(failure(Array("XSMSTORX".utf8) + bytes[8...]) == .notAStore)
        var other = bytes
        other[8] = 2
        #expect(failure(other) == .unknownVersion(2))
        #expect(failure(bytes + [0]) == .wrongSize)
        #expect(failure(Array(bytes.dropLast())) == .wrongSize)
        other = bytes
        other[bytes.count - 3] ^= 1
        #expect(failure(other) == .wrongChecksum)
        #expect(CRC32.checksum(Array("123456789".utf8)[...]) == 0xcbf4_3926)
    }

    @Test("damaged bytes with a right checksum are refused or read, and never more")
    func damaged() throws {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        let bytes = try engine(&random).saved().bytes()
        var refused = 0
        for _ in 0..<400 {
            var body = Array(bytes[SavedStore.headerSize...])
            for _ in 0...random.below(3) {
                let place = random.below(body.count)
                switch random.below(4) {
                case 0: body[place] = UInt8(truncatingIfNeeded: random.next())
                case 1: body[place] = random.pick([0, 1, 0x7f, 0xff])
                case 2: body.removeSubrange(place..<min(body.count, place + 1 + random.below(20)))
                default: body.insert(contentsOf: body[place..<min(body.count, place + random.below(40))], at: place)
                }
                if body.isEmpty { body = [0] }
            }
            var damaged = SavedStore.magic
            damaged.append(littleEndian: SavedStore.version)
            damaged.append(littleEndian: CRC32.checksum(body[...]))
            damaged.append(littleEndian: UInt64(body.count))
            do {
                let engine = StoreEngine(try SavedStore(damaged + body), quotas: XenStoreQuotas())
                // What was read is a store as any other.
                _ = try SavedStore(engine.saved().bytes())
            } catch {
                refused += 1
            }
        }
        #expect(refused > 100, "seed \(seed)")
    }

    @Test("a store deeper than any path is refused, and costs no stack")
    func tooDeep() {
        var body: [UInt8] = []
        for _ in 0..<2 { body += [1, 0, 0, 0, 0] }
        for depth in 0..<100_000 {
            body += depth == 0 ? [0, 0] : [1, 0, UInt8(ascii: "a")]
            body += [1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]
        }
        var bytes = SavedStore.magic
        bytes.append(littleEndian: SavedStore.version)
        bytes.append(littleEndian: CRC32.checksum(body[...]))
        bytes.append(littleEndian: UInt64(body.count))
        #expect(throws: SavedStoreError.self) { try SavedStore(bytes + body) }
    }
}
