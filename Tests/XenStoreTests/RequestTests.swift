import Testing

@testable import XenStore

@Suite("Requests")
struct RequestTests {
    let engine = StoreEngine()
    let control: EngineClient

    init() throws {
        control = try EngineClient(engine, 0)
    }

    @Test("what is written is read, and all that was missing above it is made")
    func writeAndRead() throws {
        try control.write("/a/b/c", "value")
        #expect(try control.read("/a/b/c") == "value")
        #expect(try control.read("/a/b").isEmpty)
        #expect(try control.list("/a") == ["b"])
        try control.write("/a/b/c", "")
        #expect(try control.read("/a/b/c").isEmpty)
    }

    @Test("a value may hold any bytes")
    func binaryValue() throws {
        let value: [UInt8] = [0, 255, 0, 10, 0]
        _ = try control.send(.write, control.strings("/a") + value)
        #expect(try control.send(.read, control.strings("/a")) == value)
    }

    @Test("a store begins as Xen's does")
    func beginning() throws {
        #expect(try control.list("/") == ["tool"])
        #expect(try control.list("/tool") == ["xenstored"])
        #expect(try control.permissions("/") == "n0")
    }

    @Test("making a node that is there changes nothing")
    func makeTwice() throws {
        try control.write("/a", "value")
        try control.make("/a")
        #expect(try control.read("/a") == "value")
    }

    @Test("removing takes all below; what is not there need not be, but its parent must")
    func remove() throws {
        try control.write("/a/b/c", "")
        try control.write("/a/b/d/e", "")
        try control.remove("/a/b")
        #expect(try control.list("/a").isEmpty)
        try control.remove("/a/b")
        #expect(throws: XenStoreError.notFound) { try control.remove("/a/b/c") }
        #expect(throws: XenStoreError.invalidArgument) { try control.remove("/") }
    }

    @Test(
        "paths that are wrong are refused",
        arguments: [
            "", "/a/", "//", "/a//b", "a/", "/a b", "/a+b", "/ä", "@releaseDomain", "/" + String(repeating: "a", count: 3_072),
            String(repeating: "a", count: 2_049),
        ])
    func wrongPath(path: String) {
        #expect(throws: XenStoreError.invalidArgument) { try control.read(path) }
        #expect(throws: XenStoreError.invalidArgument) { try control.write(path, "x") }
    }

    @Test("paths may be as long as Xen allows, and as deep")
    func longestPaths() throws {
        try control.write("/" + String(repeating: "a", count: 3_071), "x")
        try control.write(String(repeating: "b", count: 2_048), "y")
        let deep = String(repeating: "/c", count: 1_536)
        try control.write(deep, "z")
        #expect(try control.read(deep) == "z")
        try control.remove("/c")
        #expect(try control.list("/").filter { $0 == "c" }.isEmpty)
    }

    @Test("a relative path is one below the caller's home")
    func relative() throws {
        let guest = try EngineClient(engine, 5)
        try control.make("/local/domain/5")
        try control.setPermissions("/local/domain/5", "n5")
        try guest.write("x/y", "1")
        #expect(try control.read("/local/domain/5/x/y") == "1")
        try control.write("z", "2")
        #expect(try control.read("/local/domain/0/z") == "2")
    }

    @Test("a request that is no string, or too many, is refused")
    func malformed() {
        for type in [MessageType.read, .directory, .makeDirectory, .remove, .getPermissions, .write, .watch, .unwatch] {
            #expect(throws: XenStoreError.invalidArgument) { try control.send(type, []) }
            #expect(throws: XenStoreError.invalidArgument) { try control.send(type, Array("/a".utf8)) }
        }
        #expect(throws: XenStoreError.invalidArgument) { try control.send(.read, control.strings("/a", "/b")) }
        #expect(throws: XenStoreError.invalidArgument) { try control.send(.watch, control.strings("/a", "t", "1")) }
        #expect(throws: XenStoreError.notSupported) { try control.send(.watchEvent, control.strings("/a", "b")) }
    }

    @Test("types that there are not are refused")
    func unknownType() {
        for type: UInt32 in [20, 23, 0xffff, .max] {
            var header = MessageHeader(.read, request: 1)
            header.type = type
            engine.receive(Request(header: header, payload: []), from: control.connection)
        }
        let bytes = control.connection.output.bytes
        #expect(bytes.count == 4 * 23)
        #expect(bytes.suffix(7).elementsEqual("ENOSYS\0".utf8))
    }

    @Test("a long list of children comes in parts, of which a change is seen")
    func parts() throws {
        let names = (0..<1_500).map { "child-\($0)" }.sorted()
        for name in names { try control.make("/many/\(name)") }
        #expect(throws: XenStoreError.tooBig) { try control.list("/many") }
        func part(_ offset: Int) throws -> (generation: String, names: [UInt8]) {
            let bytes = try control.send(.directoryPart, control.strings("/many", String(offset)))
            #expect(bytes.count <= 4_096)
            let zero = try #require(bytes.firstIndex(of: 0))
            return (control.text(bytes[..<zero]), Array(bytes[(zero + 1)...]))
        }
        var list: [UInt8] = []
        var generations: Set<String> = []
        while true {
            let (generation, names) = try part(list.count)
            generations.insert(generation)
            list += names
            // An empty name ends the list.
            if names.count == 1 || names.suffix(2) == [0, 0] { break }
        }
        #expect(list.split(separator: 0).map { control.text($0) } == names)
        #expect(generations.count == 1)
        try control.make("/many/another")
        #expect(try generations.contains(part(0).generation) == false)
        #expect(try part(1_000_000).names == [0])
    }

    @Test("only the control domain may manage domains")
    func privileged() throws {
        let guest = try EngineClient(engine, 5)
        for type in [MessageType.control, .introduce, .release, .isDomainIntroduced, .resume, .setTarget] {
            #expect(throws: XenStoreError.accessDenied) { try guest.send(type, guest.strings("5", "1", "1")) }
        }
        #expect(try guest.text(guest.send(.getDomainPath, guest.strings("7"))) == "/local/domain/7\0")
    }

    @Test("domains are introduced and released, and those who watch are told")
    func domains() throws {
        try control.watch("@introduceDomain", "i")
        try control.watch("@releaseDomain", "r")
        #expect(control.takeEvents() == ["@introduceDomain i", "@releaseDomain r"])
        func isIntroduced(_ domain: Int) throws -> String {
            control.text(try control.send(.isDomainIntroduced, control.strings(String(domain))))
        }
        #expect(try isIntroduced(5) == "F\0")
        _ = try control.send(.introduce, control.strings("5", "1", "1"))
        #expect(control.takeEvents() == ["@introduceDomain i"])
        #expect(try isIntroduced(5) == "T\0")
        _ = try control.send(.resume, control.strings("5"))
        try control.write("/local/domain/5/x", "")
        try control.setPermissions("/local/domain/5", "n5")
        _ = try control.send(.release, control.strings("5"))
        #expect(control.takeEvents() == ["@releaseDomain r"])
        #expect(try isIntroduced(5) == "F\0")
        #expect(throws: XenStoreError.notFound) { try control.read("/local/domain/5/x") }
        #expect(throws: XenStoreError.notFound) { try control.send(.release, control.strings("5")) }
        for wrong in [["0", "1", "1"], ["32752", "1", "1"], ["5", "1", "0"], ["x", "1", "1"], ["5", "1"]] {
            #expect(throws: XenStoreError.invalidArgument) {
                try control.send(.introduce, wrong.flatMap { Array($0.utf8) + [0] })
            }
        }
    }

    @Test("a released domain's connections are to be closed, and its watches and transactions are gone")
    func releaseConnections() throws {
        engine.introduce(5)
        let guest = try EngineClient(engine, 5)
        try guest.watch("/", "t")
        _ = try guest.start()
        #expect(engine.release(5))
        #expect(guest.connection.isClosed)
        #expect(guest.connection.watches.isEmpty && guest.connection.transactions.isEmpty)
        #expect(engine.watches.children.isEmpty && engine.watches.watches.isEmpty)
    }

    @Test("control answers what it knows")
    func controlCommands() throws {
        #expect(try control.text(control.send(.control, control.strings("print", "hello"))) == "OK\0")
        #expect(throws: XenStoreError.invalidArgument) { try control.send(.control, control.strings("live-update", "-s")) }
        #expect(throws: XenStoreError.invalidArgument) { try control.send(.control, []) }
    }
}
