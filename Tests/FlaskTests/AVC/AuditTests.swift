import TestSupport
import Flask
import Testing

/// What the cache tells on the console, and when.
struct AuditTests {
    private static func make(_ release: String = "4.17", isEnforcing: Bool = true) throws -> (ReleasePolicy, AccessVectorCache, Console) {
        var policy = ReleasePolicy(release)
        policy.grant([
            .init(source: "dom0", target: "xen", objectClass: "xen", permissions: ["physinfo"]),
            .init(source: "dom0", target: "xen", objectClass: "xen", permissions: ["physinfo"], kind: .auditAllow),
            .init(source: "dom0", target: "xen", objectClass: "xen", permissions: ["debug"], kind: .auditDeny),
        ])
        let console = Console()
        let server = SecurityServer(vocabulary: policy.vocabulary, isEnforcing: isEnforcing, console: console.write)
        _ = try server.load(policy.image())
        _ = console.take()
        return (policy, AccessVectorCache(server: server), console)
    }

    private static func ask(
        _ policy: ReleasePolicy, _ cache: AccessVectorCache, _ permissions: [String], _ subject: AuditSubject = AuditSubject()
    ) throws(SecurityServerError) {
        try cache.authorize(
            source: policy.sid("dom0"), target: policy.sid("xen"), objectClass: policy.objectClass("xen"),
            requested: policy.bits(permissions, of: "xen"), subject)
    }

    private static let contexts = "scontext=system_u:system_r:dom0 tcontext=system_u:system_r:xen tclass=xen"

    @Test("a denial is told every time, in the words of the release", arguments: [
        ("4.1", "domid=0 "), ("4.2", "domid=0 target=7 "), ("4.16", "domid=0 target=7 "), ("4.17", "source=d0 target=d7 "),
        ("4.22", "source=d0 target=d7 "),
    ])
    func denials(release: String, domains: String) throws {
        let (policy, cache, console) = try Self.make(release)
        let subject = AuditSubject(source: .init(rawValue: 0), target: .init(rawValue: 7), current: .init(rawValue: 0))
        for _ in 0..<3 {
            #expect(throws: SecurityServerError.denied) { try Self.ask(policy, cache, ["kexec", "physinfo", "heap"], subject) }
            #expect(console.take() == ["avc:  denied  { kexec heap } for \(domains)\(Self.contexts)"])
        }
    }

    @Test("without enforcing it is told once for each entry, and granted")
    func permissive() throws {
        let (policy, cache, console) = try Self.make(isEnforcing: false)
        try Self.ask(policy, cache, ["kexec"])
        #expect(console.take() == ["avc:  denied  { kexec } for \(Self.contexts)"])
        for _ in 0..<3 { try Self.ask(policy, cache, ["kexec"]) }
        #expect(console.take() == [])
        try Self.ask(policy, cache, ["kexec", "heap"])
        #expect(console.take() == ["avc:  denied  { heap } for \(Self.contexts)"])
        cache.flush()
        try Self.ask(policy, cache, ["kexec"])
        #expect(console.take() == ["avc:  denied  { kexec } for \(Self.contexts)"])
        cache.server.setEnforcing(true)
        #expect(throws: SecurityServerError.denied) { try Self.ask(policy, cache, ["kexec"]) }
        #expect(console.take().count == 1)
        // What was denied is not granted by going back; what is then granted is told again.
        cache.server.setEnforcing(false)
        try Self.ask(policy, cache, ["kexec"])
        #expect(console.take().count == 1)
    }

    @Test("what dontaudit names is not told, what auditallow names is")
    func silence() throws {
        let (policy, cache, console) = try Self.make()
        #expect(throws: SecurityServerError.denied) { try Self.ask(policy, cache, ["debug"]) }
        #expect(console.take() == [])
        try Self.ask(policy, cache, ["physinfo"])
        let told = console.takeMessages()
        #expect(told.map(\.text) == [Array("avc:  granted  { physinfo } for \(Self.contexts)".utf8)])
        #expect(told.first?.record?.permissions == ["physinfo"])
        // One of several that is to be told tells all.
        #expect(throws: SecurityServerError.denied) { try Self.ask(policy, cache, ["debug", "kexec"]) }
        #expect(console.take() == ["avc:  denied  { kexec debug } for \(Self.contexts)"])
    }

    @Test("a permissive type is told of and granted")
    func permissiveType() throws {
        var (policy, cache, console) = try Self.make()
        let number = Int(policy.type("dom0"))
        policy.change { $0.permissiveTypes = [number] }
        _ = try cache.server.load(policy.image())
        _ = console.take()
        try Self.ask(policy, cache, ["kexec"])
        #expect(console.take().count == 1)
        try Self.ask(policy, cache, ["kexec"])
        #expect(console.take() == [])
    }

    @Test("contexts that have no text are told by number, unknown bits and classes in figures")
    func numbers() throws {
        var policy = ReleasePolicy()
        // Nothing has a context: not even what is unlabelled.
        policy.change { $0.initialContexts = [] }
        let console = Console()
        let server = SecurityServer(vocabulary: policy.vocabulary, console: console.write)
        _ = try server.load(policy.image())
        _ = console.take()
        let cache = AccessVectorCache(server: server)
        #expect(throws: SecurityServerError.unknownIdentifier(.init(rawValue: 40))) {
            try cache.authorize(
                source: .init(rawValue: 40), target: .init(rawValue: 41), objectClass: 99, requested: 0x8000_0001,
                AuditSubject(current: .init(rawValue: 3), object: .interrupt(5)))
        }
        #expect(
            console.take().last == "avc:  denied  { 0x80000001 } for current=d3 irq=5 ssid=40 tsid=41 tclass=99")
    }
}
