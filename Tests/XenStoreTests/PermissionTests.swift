import TestSupport
import Testing

@testable import XenStore

@Suite("Permissions")
struct PermissionTests {
    let engine = StoreEngine()
    let control: EngineClient
    let guest: EngineClient
    let other: EngineClient

    init() throws {
        engine.introduce(5)
        engine.introduce(6)
        control = try EngineClient(engine, 0)
        guest = try EngineClient(engine, 5)
        other = try EngineClient(engine, 6)
        for domain in [5, 6] {
            try control.make("/local/domain/\(domain)")
            try control.setPermissions("/local/domain/\(domain)", "n\(domain)")
        }
    }

    @Test("an owner may do everything with its nodes, others what they are told they may")
    func access() throws {
        try guest.write("x", "1")
        #expect(try guest.permissions("x") == "n5")
        let path = "/local/domain/5/x"
        let expected: [(String, read: Bool, write: Bool)] = [
            ("n5", false, false), ("r5", true, false), ("w5", false, true), ("b5", true, true),
            ("n5 r6", true, false), ("n5 w6", false, true), ("n5 b6", true, true), ("b5 n6", false, false),
            ("b5 r6 b6", true, false), ("n5 b7", false, false),
        ]
        for (permissions, read, write) in expected {
            try guest.setPermissions("x", permissions)
            #expect(((try? other.read(path)) != nil) == read, "\(permissions)")
            #expect(((try? other.write(path, "2")) != nil) == write, "\(permissions)")
            #expect(throws: XenStoreError.accessDenied) { try other.setPermissions(path, "b6") }
            #expect(try guest.permissions("x") == permissions)
            try guest.write("x", "3")
            try control.write(path, "4")
        }
    }

    @Test("a domain owns what it makes, and the control domain's nodes inherit")
    func inheritance() throws {
        try control.make("/shared")
        try control.setPermissions("/shared", "b0 r6")
        try guest.make("/shared/a/b")
        #expect(try guest.permissions("/shared/a") == "b5 r6")
        #expect(try guest.permissions("/shared/a/b") == "b5 r6")
        try control.make("/shared/a/b/c")
        #expect(try control.permissions("/shared/a/b/c") == "b5 r6")
    }

    @Test("who may not know of a node is not told whether it exists")
    func hidden() throws {
        try guest.write("x", "1")
        #expect(throws: XenStoreError.accessDenied) { try other.read("/local/domain/5/x") }
        #expect(throws: XenStoreError.accessDenied) { try other.read("/local/domain/5/y") }
        #expect(throws: XenStoreError.accessDenied) { try other.read("/local/domain/5/y/z") }
        #expect(throws: XenStoreError.notFound) { try guest.read("y") }
        #expect(throws: XenStoreError.accessDenied) { try other.write("/local/domain/5/y", "") }
        #expect(throws: XenStoreError.accessDenied) { try other.remove("/local/domain/5/x") }
        #expect(throws: XenStoreError.accessDenied) { try other.remove("/local/domain/5/y") }
    }

    @Test("only the control domain gives nodes away")
    func owner() throws {
        try guest.write("x", "1")
        #expect(throws: XenStoreError.notPermitted) { try guest.setPermissions("x", "n6") }
        try control.setPermissions("/local/domain/5/x", "n6")
        #expect(throws: XenStoreError.accessDenied) { try guest.read("x") }
        #expect(try other.read("/local/domain/5/x") == "1")
        for wrong in ["x5", "r", "r5x", "r-1", "r65536", "5"] {
            #expect(throws: XenStoreError.invalidArgument) { try control.setPermissions("/a", wrong) }
        }
    }

    @Test("a domain has the rights of the one that it serves, until that is gone")
    func target() throws {
        try guest.write("x", "1")
        #expect(throws: XenStoreError.accessDenied) { try other.read("/local/domain/5/x") }
        _ = try control.send(.setTarget, control.strings("6", "5"))
        #expect(try other.read("/local/domain/5/x") == "1")
        try other.setPermissions("/local/domain/5/x", "r5")
        try control.write("/c", "2")
        try control.setPermissions("/c", "n0 r5")
        #expect(try other.read("/c") == "2")
        #expect(throws: XenStoreError.notFound) { try control.send(.setTarget, control.strings("6", "9")) }
        engine.release(5)
        engine.introduce(5)
        #expect(throws: XenStoreError.accessDenied) { try other.read("/c") }
    }

    @Test("what a domain was allowed is not allowed to the next one with its number")
    func numberUsedAgain() throws {
        try control.write("/secret", "1")
        try control.setPermissions("/secret", "n0 r5 r6")
        #expect(try guest.read("/secret") == "1")
        engine.release(5)
        engine.introduce(5)
        let next = try EngineClient(engine, 5)
        #expect(throws: XenStoreError.accessDenied) { try next.read("/secret") }
        #expect(try other.read("/secret") == "1")
        #expect(try control.permissions("/secret") == "n0 r6")
        try control.setPermissions("/secret", "n0 r5")
        #expect(try next.read("/secret") == "1")
    }

    @Test("permissions may be given to a domain before it is introduced")
    func beforeIntroduction() throws {
        try control.write("/early", "1")
        try control.setPermissions("/early", "n0 r9")
        engine.introduce(9)
        #expect(try EngineClient(engine, 9).read("/early") == "1")
    }

    @Test("special events are told to those who may know of them")
    func specialEvents() throws {
        try guest.watch("@releaseDomain", "g")
        try other.watch("@releaseDomain", "o")
        _ = (guest.takeEvents(), other.takeEvents())
        engine.notify(.releaseDomain)
        #expect(guest.takeEvents().isEmpty)
        #expect(throws: XenStoreError.accessDenied) { try guest.setPermissions("@releaseDomain", "n0 r5") }
        try control.setPermissions("@releaseDomain", "n0 r5")
        engine.notify(.releaseDomain)
        #expect(guest.takeEvents() == ["@releaseDomain g"])
        #expect(other.takeEvents().isEmpty)
        #expect(throws: XenStoreError.invalidArgument) { try control.setPermissions("@other", "n0") }
    }
}
