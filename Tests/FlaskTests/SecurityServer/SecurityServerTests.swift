import Flask
import Foundation
import TestSupport
import Testing

/// The security server: what it loads and refuses, contexts and their numbers, booleans, objects.
struct SecurityServerTests {
    /// A server of a made-up release whose tables are the sample's.
    static func server(
        _ policy: Policy = SamplePolicy.xen(), isEnforcing: Bool = true, options: SecurityServer.Options = .init(),
        console: @escaping @Sendable (FlaskMessage) -> Void = { _ in }
    ) -> SecurityServer {
        let classes = policy.classes.map { entry in
            Vocabulary.ObjectClass(
                name: entry.name.description,
                permissions: entry.permissions.sorted { $0.number < $1.number }.map(\.name.description))
        }
        let vocabulary = Vocabulary(
            release: .newest, classes: classes, initialSIDs: ["xen", "unlabeled", "security", "irq", "ioport", "iomem", "device"])
        return SecurityServer(vocabulary: vocabulary, isEnforcing: isEnforcing, options: options, console: console)
    }

    static func image(_ policy: Policy) throws -> [UInt8] {
        try ImageWriter.write(policy, layout: .checkpolicy3_6).bytes
    }

    @Test("without a policy everything is allowed, and initial SIDs have names")
    func withoutPolicy() throws {
        let server = Self.server()
        let one = SecurityIdentifier(rawValue: 1)
        let ruling = try server.accessDecision(source: one, target: one, objectClass: 77)
        #expect(ruling.decision.allowed == .max && ruling.sequenceNumber == 0)
        #expect(try server.text(of: one) == Array("xen".utf8))
        #expect(try server.text(of: .null) == Array("null".utf8))
        #expect(throws: SecurityServerError.unknownIdentifier(.init(rawValue: 8))) { try server.text(of: .init(rawValue: 8)) }
        #expect(try server.identifier(of: Array("security\0".utf8)).rawValue == 3)
        // Xen does not look at the last name.
        #expect(try server.identifier(of: Array("device".utf8)).rawValue == 1)
        #expect(try server.newIdentifier(.transition, source: .init(rawValue: 5), target: .init(rawValue: 6), objectClass: 1).rawValue == 5)
        #expect(try server.newIdentifier(.transition, source: .init(rawValue: 5), target: .init(rawValue: 6), objectClass: 2).rawValue == 6)
        #expect(server.booleans.isEmpty && !server.isMLS)
    }

    @Test("a policy that is refused leaves the server as it was")
    func refusals() throws {
        let policy = SamplePolicy.xen()
        let good = try Self.image(policy)
        let server = Self.server()
        _ = try server.load(good)
        let sid = try server.identifier(of: Array("system_u:system_r:guest_t:s0".utf8))
        let number = server.sequenceNumber

        #expect(throws: PolicyLoadError.self) { try server.load(Array(good.dropLast())) }
        #expect(throws: PolicyLoadError.image(ImageReadError(offset: 0, reason: .truncated))) { try server.load([]) }
        var renamed = policy
        renamed.classes[1].name = "other"
        #expect(throws: PolicyLoadError.vocabulary(.wrongClass(number: 2, found: "other", expected: "xen"))) {
            try server.load(try Self.image(renamed))
        }
        var shifted = policy
        shifted.classes[0].permissions = [.init(name: "transition", number: 1), .init(name: "create", number: 2)]
        #expect(throws: PolicyLoadError.vocabulary(.wrongPermission("create", objectClass: "domain"))) {
            try server.load(try Self.image(shifted))
        }
        var plain = SamplePolicy.xen(isMLS: false)
        #expect(throws: PolicyLoadError.changesMLS(toMLS: false)) { try server.load(try Self.image(plain)) }
        plain = policy
        plain.initialContexts[0].context.type = 4
        plain.roles[1]?.types = [0, 1]
        #expect(throws: PolicyLoadError.self) { try server.load(try Self.image(plain)) }
        #expect(throws: PolicyLoadError.tooLarge(0x400_0001, limit: 0x400_0000)) {
            try server.load([UInt8](repeating: 0, count: 0x400_0001))
        }

        #expect(server.sequenceNumber == number)
        #expect(try server.text(of: sid) == Array("system_u:system_r:guest_t:s0".utf8))
    }

    @Test("what Xen forgets to look at is reported, and refused by a strict server")
    func strictness() throws {
        let policy = SamplePolicy.xen()
        let image = try Self.image(policy) + [1, 2, 3]
        let report = try Self.server().load(image)
        #expect(report.trailingByteCount == 3)
        #expect(report.missingInitialSIDs == ["security", "irq", "ioport", "iomem", "device"])
        #expect(report.surplusInitialSIDs.isEmpty)
        var options = SecurityServer.Options()
        options.isStrict = true
        #expect(throws: PolicyLoadError.notSpotless(report)) { try Self.server(options: options).load(image) }
    }

    @Test("contexts have numbers, and numbers without a context have that of unlabelled things")
    func contexts() throws {
        let server = Self.server()
        _ = try server.load(Self.image(SamplePolicy.xen()))
        let guest = Array("system_u:system_r:guest_t:s0".utf8)
        let sid = try server.identifier(of: guest)
        // Two initial SIDs are in the policy: the next number is the third.
        #expect(sid.rawValue == 3)
        #expect(try server.identifier(of: guest + [0]) == sid)
        #expect(try server.text(of: sid) == guest)
        // Both initial SIDs have one context: Xen's search meets the first of them first.
        #expect(try server.identifier(of: server.text(of: .init(rawValue: 2))).rawValue == 1)
        #expect(try server.text(of: .init(rawValue: 99)) == server.text(of: .init(rawValue: 2)))
        #expect(try server.text(of: .null) == server.text(of: .init(rawValue: 2)))
    }

    /// A policy with forty categories, so that there are as many contexts as anybody wants.
    static func policyOfManyContexts() -> Policy {
        var policy = SamplePolicy.xen()
        policy.categories = (0..<40).map { Name("c\($0)") }
        let all = Bitmap(0..<40)
        policy.sensitivities[0].level.categories = all
        policy.sensitivities[1].level.categories = all
        policy.users[0]?.range.high.categories = all
        policy.categoryAliases = []
        return policy
    }

    @Test("many contexts have different numbers, and are found again; XSM_LONG asks for a million")
    func manyContexts() throws {
        let policy = Self.policyOfManyContexts()
        let server = Self.server(policy)
        _ = try server.load(Self.image(policy))
        var random = SplitMix64(seed: 3)
        var known: [(UInt64, SecurityIdentifier)] = []
        let count = ProcessInfo.processInfo.environment["XSM_LONG"] == nil ? 30_000 : 1_000_000
        for _ in 0..<count {
            let bits = random.next() >> 24
            var text = Array("system_u:system_r:guest_t:s0-s1".utf8)
            var separator = ":"
            for category in 0..<40 where bits >> UInt64(category) & 1 == 1 {
                text += "\(separator)c\(category)".utf8
                separator = ","
            }
            known.append((bits, try server.identifier(of: text)))
        }
        #expect(Set(known.map(\.1)).count == Set(known.map(\.0)).count)
        for (bits, sid) in known.suffix(100) {
            let categories = try String(decoding: server.text(of: sid), as: UTF8.self).contains(":c")
            #expect(categories == (bits & (1 << 40 - 1) != 0))
        }
    }

    @Test("booleans are set together, and kept by name over a reload")
    func booleans() throws {
        let console = Console()
        let server = Self.server(console: console.write)
        var policy = SamplePolicy.xen()
        _ = try server.load(Self.image(policy))
        _ = console.take()
        #expect(throws: SecurityServerError.booleanCount(1, expected: 2)) { try server.setBooleans([true]) }
        let names = server.booleans.map(\.name.description)
        try server.setBooleans(names.map { $0 == "debug" })
        #expect(console.take() == ["Flask: committed booleans { " + names.map { "\($0):\($0 == "debug" ? 1 : 0)" }.joined(separator: ", ") + " }"])
        policy.booleans = [Boolean(name: "another", value: true), Boolean(name: "debug", value: false)]
        for index in policy.conditionals.indices { policy.conditionals[index].expression = [.init(.boolean, boolean: 2)] }
        _ = try server.load(Self.image(policy))
        #expect(Set(server.booleans) == [Boolean(name: "another", value: true), Boolean(name: "debug", value: true)])
    }

    @Test("a reload says contexts anew by name, and takes those away that are gone")
    func reload() throws {
        var policy = SamplePolicy.xen()
        let server = Self.server()
        _ = try server.load(Self.image(policy))
        let guest = try server.identifier(of: Array("system_u:system_r:guest_t:s0".utf8))
        let child = try server.identifier(of: Array("system_u:system_r:child_t:s0".utf8))
        policy.types[1]?.name = "renamed_t"
        policy.typeAliases.append(.init(name: "child_t", number: 2))
        policy.types[3]?.name = "other_t"
        let report = try server.load(Self.image(policy))
        #expect(report.invalidated == [guest])
        #expect(try server.text(of: guest) == server.text(of: .init(rawValue: 2)))
        // An alias is a name as well: the context is now that of the type that it names.
        #expect(try server.text(of: child) == Array("system_u:system_r:renamed_t:s0".utf8))
        // The number is not given again.
        #expect(try server.identifier(of: Array("system_u:system_r:other_t:s0".utf8)).rawValue == 5)
    }

    @Test("without enforcing, a context that is not valid any more is kept")
    func permissiveReload() throws {
        var policy = SamplePolicy.xen()
        let server = Self.server(isEnforcing: false)
        _ = try server.load(Self.image(policy))
        let child = try server.identifier(of: Array("system_u:system_r:child_t:s0".utf8))
        policy.roles[1]?.types = [0, 1]
        let report = try server.load(Self.image(policy))
        #expect(report.keptInvalid == [child] && report.invalidated.isEmpty)
        #expect(try server.text(of: child) == Array("system_u:system_r:child_t:s0".utf8))
        server.setEnforcing(true)
        let strict = try server.load(Self.image(policy))
        #expect(strict.invalidated == [child])
    }

    @Test("objects have contexts of the policy, or of those who gave them one, until the next policy")
    func objects() throws {
        let policy = SamplePolicy.xen()
        let server = Self.server(policy)
        _ = try server.load(Self.image(policy))
        let guest = try server.identifier(of: Array("system_u:system_r:guest_t:s0".utf8))
        #expect(try server.identifier(of: 9, .interrupt).rawValue == 1)
        #expect(try server.identifier(of: 10, .interrupt).rawValue == 4)
        try server.addObjectContext(.interrupt, 10...10, guest)
        #expect(try server.identifier(of: 10, .interrupt) == guest)
        #expect(throws: SecurityServerError.invalidObject) { try server.addObjectContext(.interrupt, 11...12, guest) }
        #expect(throws: SecurityServerError.overlap(10...10)) { try server.addObjectContext(.interrupt, 10...10, .init(rawValue: 1)) }
        #expect(throws: SecurityServerError.unknownObject) { try server.removeObjectContext(.pciDevice, 0x99...0x99) }
        #expect(throws: SecurityServerError.overlap(0...0xffff)) { try server.addObjectContext(.ioPorts, 0x80...0x81, guest) }
        try server.addObjectContext(.ioPorts, 0x2_0000...0x2_0003, guest)
        try server.addObjectContext(.ioPorts, 0x2_0000...0x2_0003, guest)
        let stretches = try server.identifiers(of: 0xfffe...0x2_0001, .ioPorts)
        #expect(stretches.map(\.range) == [0xfffe...0xffff, 0x1_0000...0x1_ffff, 0x2_0000...0x2_0001])
        #expect(stretches.map(\.sid.rawValue) == [1, 5, 3])
        try server.setDeviceTreeNode(Array("/soc/timer".utf8), guest)
        #expect(try server.identifier(ofDeviceTreeNode: Array("/soc/timer".utf8)) == guest)
        #expect(try server.identifier(ofDeviceTreeNode: Array("/soc/uart".utf8)).rawValue == 1)
        #expect(throws: SecurityServerError.unknownObject) { try server.setDeviceTreeNode(Array("/nothing".utf8), nil) }

        _ = try server.load(Self.image(policy))
        #expect(try server.identifier(of: 10, .interrupt).rawValue == 4)
        #expect(try server.identifier(ofDeviceTreeNode: Array("/soc/timer".utf8)).rawValue == 7)
    }

    @Test("by option, contexts of objects outlive a reload")
    func keptObjects() throws {
        var options = SecurityServer.Options()
        options.keepsObjectContexts = true
        let policy = SamplePolicy.xen()
        let server = Self.server(policy, options: options)
        _ = try server.load(Self.image(policy))
        let guest = try server.identifier(of: Array("system_u:system_r:guest_t:s0".utf8))
        try server.addObjectContext(.interrupt, 10...10, guest)
        try server.addObjectContext(.ioMemory, 0x2_0000_0000...0x2_0000_0001, guest)
        try server.setDeviceTreeNode(Array("/soc/timer".utf8), guest)
        _ = try server.load(Self.image(policy))
        #expect(try server.identifier(of: 10, .interrupt) == guest)
        #expect(try server.identifier(of: 0x2_0000_0001, .ioMemory) == guest)
        #expect(try server.identifier(ofDeviceTreeNode: Array("/soc/timer".utf8)) == guest)
    }
}
