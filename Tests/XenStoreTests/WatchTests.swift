import TestSupport
import Testing

@testable import XenStore

@Suite("Watches")
struct WatchTests {
    let engine = StoreEngine()
    let control: EngineClient
    let guest: EngineClient

    init() throws {
        control = try EngineClient(engine, 0)
        guest = try EngineClient(engine, 5)
        try control.make("/local/domain/5")
        try control.setPermissions("/local/domain/5", "n5")
    }

    @Test("a watch tells at once, and then of each change at its path and below")
    func changes() throws {
        try control.watch("/a", "t")
        #expect(control.takeEvents() == ["/a t"])
        try control.write("/a/b", "1")
        try control.write("/ab", "1")
        try control.make("/a/c")
        try control.make("/a/c")
        try control.setPermissions("/a", "r0")
        try control.remove("/a/b")
        _ = try control.read("/a")
        #expect(control.takeEvents() == ["/a/b t", "/a/c t", "/a t", "/a/b t"])
        try control.unwatch("/a", "t")
        try control.write("/a/b", "1")
        #expect(control.takeEvents().isEmpty)
    }

    @Test("a removal is told to those who watch below, by the paths that they watch")
    func removal() throws {
        try control.write("/a/b/c", "")
        try control.write("/a/d", "")
        for path in ["/a/b/c", "/a/b", "/a/x", "/a", "/"] { try control.watch(path, "t") }
        _ = control.takeEvents()
        try control.remove("/a")
        #expect(control.takeEvents() == ["/a/b/c t", "/a/b t", "/a t", "/a t"])
    }

    @Test("a relative watch tells relative paths")
    func relative() throws {
        try guest.watch("x", "t")
        #expect(guest.takeEvents() == ["x t"])
        try guest.write("/local/domain/5/x/y", "")
        #expect(guest.takeEvents() == ["x/y t"])
        try guest.unwatch("/local/domain/5/x", "t")
        try guest.write("x/y", "")
        #expect(guest.takeEvents().isEmpty)
    }

    @Test("one connection cannot have one watch twice, nor lose one that it has not")
    func identity() throws {
        try control.watch("/a", "t")
        try control.watch("/a", "u")
        #expect(throws: XenStoreError.exists) { try control.watch("/a", "t") }
        #expect(throws: XenStoreError.notFound) { try control.unwatch("/a", "v") }
        #expect(throws: XenStoreError.notFound) { try guest.unwatch("/a", "t") }
        #expect(throws: XenStoreError.invalidArgument) { try control.watch("/a/", "t") }
        _ = try control.send(.resetWatches, [0])
        _ = control.takeEvents()
        try control.write("/a", "")
        #expect(control.takeEvents().isEmpty)
        #expect(engine.watches.children.isEmpty)
    }

    @Test("who may not read a node nor its parent is told nothing of it")
    func permissions() throws {
        try control.write("/secret/a/b", "")
        try guest.watch("/secret", "t")
        #expect(guest.takeEvents() == ["/secret t"])
        try control.write("/secret/a/b", "1")
        try control.write("/secret/a/c", "1")
        #expect(guest.takeEvents().isEmpty)
        try control.setPermissions("/secret/a", "n0 r5")
        #expect(guest.takeEvents() == ["/secret/a t"])
        // Its parent may be read.
        try control.write("/secret/a/b", "2")
        #expect(guest.takeEvents() == ["/secret/a/b t"])
        // Whoever loses the right is told so.
        try control.setPermissions("/secret/a", "n0")
        #expect(guest.takeEvents() == ["/secret/a t"])
        try control.setPermissions("/secret/a/b", "r0")
        _ = guest.takeEvents()
        // What it could read is gone, though it may not know the rest.
        try control.remove("/secret/a")
        #expect(guest.takeEvents().isEmpty)
        try guest.watch("/other/x", "u")
        try control.write("/other/x", "")
        try control.setPermissions("/other/x", "r0")
        _ = guest.takeEvents()
        try control.remove("/other")
        #expect(guest.takeEvents() == ["/other/x u"])
    }

    @Test("a transaction tells at its commit, once for each path, and nothing when it is given up")
    func transactions() throws {
        try control.write("/a/b", "")
        try control.watch("/a", "t")
        try control.watch("/a/b", "u")
        _ = control.takeEvents()
        var number = try control.start()
        try control.write("/a/c", "1", number)
        try control.write("/a/c", "2", number)
        try control.remove("/a/b", number)
        try control.write("/a/b", "3", number)
        #expect(control.takeEvents().isEmpty)
        try control.commit(number)
        #expect(control.takeEvents().sorted() == ["/a/b t", "/a/b u", "/a/c t"])
        number = try control.start()
        try control.write("/a/c", "1", number)
        try control.abort(number)
        #expect(control.takeEvents().isEmpty)
    }

    @Test("an event that already waits behind many is not sent again, others are")
    func duplicates() throws {
        try control.watch("/a", "t")
        var output = OutputBuffer()
        for index in 0..<5_000 { output.append(event: Array("/a/\(index % 1_000)\0t\0".utf8), isSpecial: false) }
        #expect(output.count < 2 * OutputBuffer.crowded + 1_000 * 32)
        // What has been sent is no reason to be silent.
        output.removeFirst(output.count - 10)
        let before = output.count
        for _ in 0..<2_000 { output.append(event: Array("/b\0t\0".utf8), isSpecial: true) }
        #expect(output.count == before + 2_000 * 21)
        output.removeFirst(output.count)
        output.append(event: Array("/a/1\0t\0".utf8), isSpecial: false)
        #expect(output.count == 16 + 7)
    }

    @Test("whoever watches hears of random changes what a slow look at all watches says")
    func random() throws {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        let names = ["a", "b", "abcdefgh", "abcdefghi", "abcdefghj"]
        func path() -> String { (0...random.below(3)).map { _ in "/" + random.pick(names) }.joined() }
        var watched: Set<String> = []
        for _ in 0..<1_000 {
            let target = path()
            switch random.below(6) {
            case 0:
                if watched.insert(target).inserted { try control.watch(target, "t") }
            case 1:
                if watched.remove(target) != nil { try control.unwatch(target, "t") }
            case 2:
                let existing = watched.filter { $0.hasPrefix(target + "/") && (try? control.read($0)) != nil }
                let isThere = (try? control.read(target)) != nil
                _ = control.takeEvents()
                _ = try? control.remove(target)
                let above = watched.filter { isThere && (target == $0 || target.hasPrefix($0 + "/")) }
                let expected = existing.map { "\($0) t" } + above.map { _ in "\(target) t" }
                #expect(control.takeEvents().sorted() == (isThere ? expected.sorted() : []), "seed \(seed)")
            default:
                _ = control.takeEvents()
                try control.write(target, "x")
                let expected = watched.filter { target == $0 || target.hasPrefix($0 + "/") }.map { _ in "\(target) t" }
                #expect(control.takeEvents().sorted() == expected.sorted(), "seed \(seed)")
            }
            _ = control.takeEvents()
        }
    }
}
