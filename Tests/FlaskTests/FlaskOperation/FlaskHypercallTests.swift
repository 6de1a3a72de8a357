import Flask
import TestSupport
import Testing

/// Every operation of `flask_op`, in the bytes of Xen's interface: what it answers, what it asks for, what it refuses.
struct FlaskHypercallTests {
    static let everything = [
        "compute_av", "compute_create", "compute_member", "check_context", "load_policy", "compute_relabel", "setenforce",
        "setbool", "setsecparam", "add_ocontext", "del_ocontext",
    ]

    static func policy(_ permissions: [String] = everything) -> ReleasePolicy {
        var policy = ReleasePolicy()
        if !permissions.isEmpty {
            policy.grant([.init(source: "dom0", target: "security", objectClass: "security", permissions: permissions)])
        }
        return policy
    }

    static func make(_ policy: ReleasePolicy = policy(), processors: Int = 1) throws -> (FlaskHypercall, TestCaller, Console) {
        let console = Console()
        let server = SecurityServer(vocabulary: policy.vocabulary, console: console.write)
        _ = try server.load(policy.image())
        _ = console.take()
        let cache = AccessVectorCache(server: server, processors: processors)
        return (FlaskHypercall(cache: cache), TestCaller(policy.sid("dom0")), console)
    }

    private static let noEntry: Int32 = -2
    private static let noSuchDomain: Int32 = -3
    private static let denied: Int32 = -13
    private static let badAddress: Int32 = -14
    private static let exists: Int32 = -17
    private static let invalid: Int32 = -22
    private static let range: Int32 = -34
    private static let notImplemented: Int32 = -38
    private static let noBufferSpace: Int32 = -105

    private static let buffer = UInt32(TestCaller.buffer)
    private static let nowhere: UInt32 = 0xdead_0000

    // MARK: The call itself

    @Test("25 numbers, 23 of them live; other numbers, versions and places are refused")
    func numbers() throws {
        let (hypercall, caller, _) = try Self.make()
        var live = 0
        for command in FlaskCommand.allCases {
            var caller = caller
            let result = caller.call(hypercall, command)
            let isDead = command == .user || command == .disable
            #expect((result == Self.notImplemented) == isDead, "\(command)")
            if !isDead { live += 1 }
        }
        #expect(FlaskCommand.allCases.count == 25 && live == 23)
        var other = caller
        for number: UInt32 in [0, 26, 64, 1_000, .max] { #expect(other.call(hypercall, raw: number) == Self.notImplemented) }
        for version: UInt32 in [0, 2, .max] { #expect(other.call(hypercall, raw: 2, version: version) == Self.notImplemented) }
        let end = TestCaller.base + UInt64(caller.memory.count)
        for place in [0, end - 39, end, .max] { #expect(hypercall.perform(at: place, by: &other) == Self.badAddress) }
    }

    @Test("each operation that is checked asks for its permission alone, and says so")
    func permissions() throws {
        let dangling: [(FlaskCommand, [UInt32], String)] = [
            (.load, [Self.buffer, 0, 10], "load_policy"), (.setEnforce, [0], "setenforce"),
            (.contextToSID, [0, 4, Self.buffer], "check_context"), (.sidToContext, [1, 90, Self.buffer], "check_context"),
            (.access, [1, 1, 1, 1], "compute_av"), (.create, [1, 1, 1], "compute_create"),
            (.relabel, [1, 1, 1], "compute_relabel"), (.member, [1, 1, 1], "compute_member"), (.setBoolean, [0], "setbool"),
            (.commitBooleans, [], "setbool"), (.setCacheThreshold, [7], "setsecparam"),
            (.addObjectContext, [1, 3, 5, 0, 5, 0], "add_ocontext"), (.removeObjectContext, [1, 0, 5, 0, 5, 0], "del_ocontext"),
            (.labelDeviceTreeNode, [3, 4, Self.buffer], "add_ocontext"), (.labelDeviceTreeNode, [0, 4, Self.buffer], "del_ocontext"),
        ]
        for (command, words, permission) in dangling {
            var (hypercall, caller, console) = try Self.make(Self.policy(Self.everything.filter { $0 != permission }))
            #expect(caller.call(hypercall, command, words) == Self.denied, "\(command)")
            #expect(
                console.take() == [
                    "avc:  denied  { \(permission) } for current=d0 scontext=system_u:system_r:dom0 tcontext=system_u:system_r:security tclass=security"
                ])
            (hypercall, caller, console) = try Self.make(Self.policy([permission]))
            #expect(caller.call(hypercall, command, words) != Self.denied, "\(command)")
            #expect(!console.take().contains { $0.hasPrefix("avc:") })
        }
        // The rest asks for nothing.
        let (hypercall, caller, console) = try Self.make(Self.policy([]))
        let free: [FlaskCommand] = [
            .getEnforce, .policyVersion, .getBoolean, .mls, .getCacheThreshold, .cacheHashStatistics, .cacheStatistics, .getPeerSID,
        ]
        for command in free {
            var caller = caller
            #expect(caller.call(hypercall, command) != Self.denied, "\(command)")
        }
        // Nobody is asked for what is so already.
        var same = caller
        #expect(same.call(hypercall, .setEnforce, [5]) == 0)
        #expect(same.call(hypercall, .setCacheThreshold, [512]) == 0)
        #expect(console.take() == [])
    }

    // MARK: Policy and enforcing

    @Test("a policy is loaded out of the caller's memory, or refused without a trace")
    func load() throws {
        var (hypercall, caller, console) = try Self.make()
        let server = hypercall.cache.server
        let image = try Self.policy().image()
        caller.memory += image
        let place = UInt32(TestCaller.base) + 0x4000
        let number = server.sequenceNumber
        #expect(caller.call(hypercall, .load, [place, 0, UInt32(image.count)]) == 0)
        #expect(server.sequenceNumber == number + 1)
        #expect(console.take().last?.hasPrefix("Flask:  13 classes") == true)
        #expect(caller.call(hypercall, .load, [place, 0, UInt32(image.count) - 1]) == Self.invalid)
        #expect(caller.call(hypercall, .load, [place, 0, UInt32(image.count) + 1]) == Self.badAddress)
        #expect(caller.call(hypercall, .load, [place, 0, 0]) == Self.invalid)
        #expect(caller.call(hypercall, .load, [place, 0, 0x400_0001]) == Self.invalid)
        #expect(server.sequenceNumber == number + 1)

        let late = SecurityServer(vocabulary: server.vocabulary, console: console.write)
        let first = FlaskHypercall(cache: AccessVectorCache(server: late))
        _ = console.take()
        #expect(caller.call(first, .load, [place, 0, UInt32(image.count)]) == 0)
        #expect(console.take().last == "Flask: Policy loaded, continuing in enforcing mode.")
        #expect(caller.call(first, .load, [place, 0, UInt32(image.count)]) == 0)
        #expect(console.take().last?.hasPrefix("Flask:  13 classes") == true)
    }

    @Test("enforcing is read and set, version and levels are told")
    func enforcing() throws {
        var (hypercall, caller, _) = try Self.make()
        #expect(caller.call(hypercall, .getEnforce) == 1)
        #expect(caller.call(hypercall, .setEnforce, [0]) == 0)
        #expect(caller.call(hypercall, .getEnforce) == 0)
        #expect(caller.call(hypercall, .setEnforce, [77]) == 0)
        #expect(caller.call(hypercall, .getEnforce) == 1)
        #expect(caller.call(hypercall, .policyVersion) == 30)
        #expect(caller.call(hypercall, .mls) == 0)
        var (withLevels, other, _) = try Self.make(ReleasePolicy(isMLS: true))
        #expect(other.call(withLevels, .mls) == 1)
    }

    // MARK: Contexts and decisions

    @Test("contexts are read and written with their zero byte")
    func contexts() throws {
        let policy = Self.policy()
        var (hypercall, caller, _) = try Self.make()
        for ending in [[0], []] as [[UInt8]] {
            let text = Array("system_u:system_r:guest".utf8) + ending
            caller.put(text)
            #expect(caller.call(hypercall, .contextToSID, [0, UInt32(text.count), Self.buffer]) == 0)
            #expect(caller.word(0) == policy.vocabulary.initialSIDs.count + 1)
        }
        let sid = caller.word(0)
        caller.put([UInt8](repeating: 0xee, count: 64))
        #expect(caller.call(hypercall, .sidToContext, [sid, 64, Self.buffer]) == 0)
        #expect(caller.word(1) == 24 && caller.text(25) == "system_u:system_r:guest\0\u{fffd}")
        #expect(caller.call(hypercall, .sidToContext, [sid, 24, Self.buffer]) == 0)
        // Too little room: nothing is written, and nothing given back.
        #expect(caller.call(hypercall, .sidToContext, [sid, 23, Self.buffer]) == Self.range)
        #expect(caller.word(1) == 23)
        #expect(caller.call(hypercall, .sidToContext, [sid, 64, Self.nowhere]) == Self.badAddress)
        #expect(caller.call(hypercall, .contextToSID, [0, 4_097, Self.buffer]) == Self.noBufferSpace)
        #expect(caller.call(hypercall, .contextToSID, [0, 9, Self.nowhere]) == Self.badAddress)
        caller.put(Array("system_u:system_r:nobody".utf8))
        #expect(caller.call(hypercall, .contextToSID, [0, 24, Self.buffer]) == Self.invalid)
        #expect(caller.word(0) == 0)
    }

    @Test("decisions come with all vectors and the policy's number; sixteen bits of a class count")
    func access() throws {
        let policy = Self.policy()
        var (hypercall, caller, _) = try Self.make()
        let source = policy.sid("dom0").rawValue
        let target = policy.sid("security").rawValue
        let objectClass = UInt32(policy.objectClass("security"))
        #expect(caller.call(hypercall, .access, [source, target, objectClass | 0x1_0000, 1]) == 0)
        #expect(caller.word(4) == policy.bits(Self.everything, of: "security"))
        #expect(caller.word(5) == 0 && caller.word(6) == .max && caller.word(7) == 1)
        #expect(caller.call(hypercall, .access, [source, target, 99, 1]) == Self.invalid)
    }

    @Test("new contexts of all three kinds")
    func newContexts() throws {
        var policy = Self.policy()
        let (guest, other) = (policy.type("guest"), UInt32(policy.type("other")))
        let (dom0, domain) = (policy.type("dom0"), policy.objectClass("domain"))
        policy.change {
            $0.rules.rules += [
                Rule(source: dom0, target: guest, objectClass: domain, kind: .typeTransition, data: other),
                Rule(source: dom0, target: guest, objectClass: domain, kind: .typeMember, data: UInt32(guest)),
                Rule(source: dom0, target: guest, objectClass: domain, kind: .typeChange, data: UInt32(dom0)),
            ]
        }
        var (hypercall, caller, _) = try Self.make(policy)
        let server = hypercall.cache.server
        let target = try server.identifier(of: Array("system_u:system_r:guest".utf8))
        for (command, type) in [(FlaskCommand.create, "other"), (.member, "guest"), (.relabel, "dom0")] {
            #expect(caller.call(hypercall, command, [policy.sid("dom0").rawValue, target.rawValue, UInt32(domain)]) == 0)
            #expect(try server.text(of: .init(rawValue: caller.word(3))) == Array("system_u:system_r:\(type)".utf8))
        }
    }

    // MARK: Booleans

    @Test("booleans are found by name and number, set at once or together")
    func booleans() throws {
        var (hypercall, caller, console) = try Self.make()
        let names = hypercall.cache.server.booleans.map(\.name.description)
        let strict = UInt32(names.firstIndex(of: "strict")!)
        // By number, with room for the name.
        #expect(caller.call(hypercall, .getBoolean, [strict, 0, 60, 0, Self.buffer]) == 0)
        #expect(caller.word(1) == 0x0101 && caller.word(2) == 6 && caller.text(6) == "strict")
        #expect(caller.call(hypercall, .getBoolean, [strict, 0, 5, 0, Self.buffer]) == Self.range)
        #expect(caller.call(hypercall, .getBoolean, [strict, 0, 6, 0, Self.nowhere]) == Self.badAddress)
        #expect(caller.call(hypercall, .getBoolean, [2, 0, 0, 0, 0]) == Self.noEntry)
        // By name.
        caller.put(Array("debugging\0".utf8))
        #expect(caller.call(hypercall, .getBoolean, [.max, 0, 10, 0, Self.buffer]) == 0)
        #expect(caller.word(0) == 1 - strict && caller.word(1) == 0 && caller.word(2) == 0)
        caller.put(Array("debug\0".utf8))
        #expect(caller.call(hypercall, .getBoolean, [.max, 0, 6, 0, Self.buffer]) == Self.noEntry)
        #expect(caller.call(hypercall, .setBoolean, [.max, 0, 6, 0, Self.buffer]) == Self.noEntry)
        #expect(caller.call(hypercall, .getBoolean, [.max, 0, 6, 0, Self.nowhere]) == Self.badAddress)
        #expect(caller.call(hypercall, .getBoolean, [.max, 0, 5_000, 0, Self.buffer]) == Self.noBufferSpace)
        // Pending, then committed.
        #expect(caller.call(hypercall, .setBoolean, [strict, 0, 0, 0, 0]) == 0)
        #expect(caller.word(1) == 0x0001)
        #expect(caller.call(hypercall, .getBoolean, [strict]) == 0)
        #expect(caller.word(1) == 0x0001)
        #expect(hypercall.cache.server.booleans[Int(strict)].value)
        #expect(caller.call(hypercall, .commitBooleans) == 0)
        #expect(!hypercall.cache.server.booleans[Int(strict)].value)
        // At once: the new value is 1, and it is committed.
        #expect(caller.call(hypercall, .setBoolean, [strict, 0x0101_0000, 0, 0, 0]) == 0)
        #expect(caller.word(1) & 0xffff == 0x0101 && hypercall.cache.server.booleans[Int(strict)].value)
        // A policy forgets what is pending.
        #expect(caller.call(hypercall, .setBoolean, [strict, 0, 0, 0, 0]) == 0)
        let image = try Self.policy().image()
        caller.memory += image
        #expect(caller.call(hypercall, .load, [UInt32(TestCaller.base) + 0x4000, 0, UInt32(image.count)]) == 0)
        _ = console.take()
        #expect(caller.call(hypercall, .commitBooleans) == 0)
        #expect(console.take() == [] && hypercall.cache.server.booleans[Int(strict)].value)
    }

    @Test("guests with pointers of four bytes have their arguments elsewhere")
    func narrow() throws {
        var (hypercall, caller, _) = try Self.make()
        caller.pointerWidth = .bits32
        caller.put(Array("strict\0".utf8))
        #expect(caller.call(hypercall, .getBoolean, [.max, 0, 7, Self.buffer]) == 0)
        #expect(caller.word(1) == 0x0101)
        caller.put(Array("system_u:system_r:xen\0".utf8))
        #expect(caller.call(hypercall, .contextToSID, [0, 22, Self.buffer, 0xffff_ffff]) == 0)
        let image = try Self.policy().image()
        caller.memory += image
        #expect(caller.call(hypercall, .load, [UInt32(TestCaller.base) + 0x4000, UInt32(image.count)]) == 0)
        caller.put(Array("/soc\0".utf8))
        #expect(caller.call(hypercall, .labelDeviceTreeNode, [3, 5, Self.buffer, 0xffff_ffff]) == 0)
    }

    // MARK: The cache

    @Test("the cache's threshold and statistics")
    func cache() throws {
        var (hypercall, caller, _) = try Self.make(processors: 2)
        #expect(caller.call(hypercall, .getCacheThreshold) == 512)
        #expect(caller.call(hypercall, .setCacheThreshold, [100]) == 0)
        #expect(caller.call(hypercall, .getCacheThreshold) == 100)
        caller.processor = 1
        for _ in 0..<5 { #expect(caller.call(hypercall, .access, [1, 1, 1, 1]) == 0) }
        #expect(caller.call(hypercall, .cacheStatistics, [1]) == 0)
        #expect((1...6).map { caller.word($0) } == [5, 5, 0, 0, 0, 0])
        #expect(caller.call(hypercall, .cacheStatistics, [0]) == 0)
        #expect((1...6).map { caller.word($0) } == [1, 0, 1, 1, 0, 0])
        #expect(caller.call(hypercall, .cacheStatistics, [2]) == Self.noEntry)
        #expect(caller.call(hypercall, .cacheHashStatistics) == 0)
        #expect((0..<4).map { caller.word($0) } == [1, 1, 512, 1])
        // As in Xen the answer is the threshold, whatever it looks like.
        #expect(caller.call(hypercall, .setCacheThreshold, [0xffff_fff0]) == 0)
        #expect(caller.call(hypercall, .getCacheThreshold) == -16)
    }

    // MARK: Objects and domains

    @Test("objects get and lose contexts by Xen's rules of overlap, and Xen's words")
    func objects() throws {
        var (hypercall, caller, console) = try Self.make()
        func add(_ kind: UInt32, _ low: UInt32, _ high: UInt32, _ sid: UInt32) -> Int32 {
            caller.call(hypercall, .addObjectContext, [kind, sid, low, 0, high, 0])
        }
        func remove(_ kind: UInt32, _ low: UInt32, _ high: UInt32) -> Int32 {
            caller.call(hypercall, .removeObjectContext, [kind, 0, low, 0, high, 0])
        }
        #expect(add(2, 0x60, 0x64, 3) == 0 && add(2, 0x60, 0x64, 3) == 0)
        #expect(add(2, 0x64, 0x70, 3) == Self.exists && add(2, 0x60, 0x64, 4) == Self.exists)
        #expect(console.take() == [String](repeating: "flask: IO Port overlap with entry 0x60 - 0x64", count: 2))
        #expect(remove(2, 0x60, 0x63) == Self.noEntry && remove(2, 0x60, 0x64) == 0)
        #expect(console.take() == ["flask: ocontext not found: ioport 0x60 - 0x63"])
        #expect(add(3, 0, 9, 3) == 0 && add(3, 9, 9, 3) == Self.exists)
        #expect(console.take() == ["flask: IO Memory overlap with entry 0 - 0x9"])
        #expect(add(1, 9, 9, 3) == 0 && add(1, 9, 9, 4) == Self.exists && add(1, 9, 10, 3) == Self.invalid)
        #expect(add(4, 0x8, 0x8, 3) == 0 && add(4, 0x8, 0x8, 4) == Self.exists && remove(4, 9, 9) == Self.noEntry)
        #expect(remove(1, 4, 4) == Self.noEntry && remove(3, 4, 4) == Self.noEntry)
        #expect(
            console.take() == [
                "flask: Duplicate pirq 9", "flask: Duplicate PCI Device 0x8", "flask: ocontext not found: pcidevice 0x9",
                "flask: ocontext not found: pirq 4", "flask: ocontext not found: iomem 0x4 - 0x4",
            ])
        #expect(add(2, 5, 4, 3) == Self.invalid && remove(2, 5, 4) == Self.invalid)
        for kind: UInt32 in [0, 5, 6, .max] { #expect(add(kind, 5, 5, 3) == Self.invalid && remove(kind, 5, 5) == Self.invalid) }

        caller.put(Array("/soc/uart\0".utf8))
        func label(_ sid: UInt32, size: UInt32 = 10) -> Int32 {
            caller.call(hypercall, .labelDeviceTreeNode, [sid, size, Self.buffer])
        }
        #expect(label(0) == Self.noEntry && label(3) == 0 && label(3) == Self.exists)
        #expect(try hypercall.cache.server.identifier(ofDeviceTreeNode: Array("/soc/uart".utf8)).rawValue == 3)
        #expect(label(0) == 0 && label(0) == Self.noEntry && label(0, size: 4_097) == Self.noBufferSpace)
    }

    @Test("the other end of an event channel")
    func peer() throws {
        var (hypercall, caller, _) = try Self.make()
        caller.peers[7] = .init(rawValue: 9)
        #expect(caller.call(hypercall, .getPeerSID, [7]) == 0 && caller.word(1) == 9)
        #expect(caller.call(hypercall, .getPeerSID, [8]) == Self.invalid)
    }

    @Test("a domain is relabelled with three permissions, itself with two")
    func relabel() throws {
        var policy = Self.policy()
        let (domain, guest) = (policy.objectClass("domain"), policy.type("guest"))
        policy.change { $0.rules.rules.append(Rule(source: guest, target: guest, objectClass: domain, kind: .typeTransition, data: UInt32(guest + 1))) }
        let steps: [ReleasePolicy.Grant] = [
            .init(source: "dom0", target: "domU", objectClass: "domain2", permissions: ["relabelfrom"]),
            .init(source: "dom0", target: "guest", objectClass: "domain2", permissions: ["relabelto"]),
            .init(source: "domU", target: "guest", objectClass: "domain", permissions: ["transition"]),
        ]
        let words = ["relabelfrom } for source=d0 target=d5 scontext=system_u:system_r:dom0 tcontext=system_u:system_r:domU tclass=domain2",
            "relabelto } for source=d0 target=d5 scontext=system_u:system_r:dom0 tcontext=system_u:system_r:guest tclass=domain2",
            "transition } for source=d0 target=d5 scontext=system_u:system_r:domU tcontext=system_u:system_r:guest tclass=domain"]
        for count in 0...3 {
            var policy = policy
            policy.grant(Array(steps.prefix(count)))
            var (hypercall, caller, console) = try Self.make(policy)
            let five = DomainIdentifier(rawValue: 5)
            let old = DomainLabels(
                domain: five, identifier: policy.sid("domU"), selfIdentifier: policy.sid("domU"), targetIdentifier: .null,
                served: policy.sid("dom0"))
            caller.domains[five] = old
            let sid = try hypercall.cache.server.identifier(of: Array("system_u:system_r:guest".utf8))
            let result = caller.call(hypercall, .relabelDomain, [5, sid.rawValue])
            guard count == 3 else {
                #expect(result == Self.denied && caller.domains[five] == old)
                #expect(console.take() == ["avc:  denied  { " + words[count]])
                continue
            }
            #expect(result == 0)
            let labels = try #require(caller.domains[five])
            #expect(labels.identifier == sid)
            #expect(try hypercall.cache.server.text(of: labels.selfIdentifier) == Array("system_u:system_r:other".utf8))
            #expect(try hypercall.cache.server.text(of: labels.targetIdentifier) == Array("system_u:system_r:dom0".utf8))
            #expect(caller.call(hypercall, .relabelDomain, [6, sid.rawValue]) == Self.noSuchDomain)
        }
        policy.grant([
            .init(source: "dom0", target: "guest", objectClass: "domain2", permissions: ["relabelself"]),
            .init(source: "dom0", target: "guest", objectClass: "domain", permissions: ["transition"]),
        ])
        var (hypercall, caller, console) = try Self.make(policy)
        let zero = DomainIdentifier(rawValue: 0)
        caller.domains[zero] = DomainLabels(
            domain: zero, identifier: policy.sid("dom0"), selfIdentifier: policy.sid("dom0"), targetIdentifier: .null)
        let sid = try hypercall.cache.server.identifier(of: Array("system_u:system_r:guest".utf8))
        // By its own number it needs other permissions than as "itself".
        #expect(caller.call(hypercall, .relabelDomain, [0, sid.rawValue]) == Self.denied)
        #expect(console.take() == ["avc:  denied  { relabelfrom } for source=d0 scontext=system_u:system_r:dom0 tcontext=system_u:system_r:dom0 tclass=domain2"])
        #expect(caller.call(hypercall, .relabelDomain, [0x7ff0, sid.rawValue]) == 0 && caller.identifier == sid)
    }

    @Test("any bytes are answered, and nothing but the argument and its buffers is written")
    func anyBytes() throws {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        let (hypercall, original, _) = try Self.make(processors: 2)
        for _ in 0..<4_000 {
            var caller = original
            caller.pointerWidth = Bool.random(using: &random) ? .bits32 : .bits64
            var words = (0..<10).map { _ in
                [0, 1, 2, 5, .max, Self.buffer, UInt32.random(in: 0...UInt32.max, using: &random)].randomElement(using: &random)!
            }
            words[0] = UInt32.random(in: 0...26, using: &random)
            words[1] = 1
            let result = caller.call(hypercall, raw: words[0], Array(words[2...]))
            #expect(result >= -105 || words[0] == FlaskCommand.getCacheThreshold.rawValue)
            // 4,096 bytes are the longest text that is given back.
            #expect(caller.memory[0x1200...] == original.memory[0x1200...], "seed \(seed): \(words)")
        }
    }
}
