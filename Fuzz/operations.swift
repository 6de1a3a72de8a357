import Flask

/// The `flask_op` hypercall: any bytes as the memory of a guest, whose arguments lie one behind the other at its begin.
func exercise(_ bytes: [UInt8]) {
    guard let width = bytes.first, let policy = Fixture.image else { return }
    guard let vocabulary = Fixture.vocabulary else { return }
    let server = SecurityServer(vocabulary: vocabulary, isEnforcing: width & 2 == 0)
    guard (try? server.load(policy)) != nil else { return }
    let hypercall = FlaskHypercall(cache: AccessVectorCache(server: server, processors: 2))
    var guest = Guest(memory: Array(bytes.dropFirst()), pointerWidth: width & 1 == 0 ? .bits64 : .bits32)
    for call in 0..<min(8, guest.memory.count / 40) {
        let size = guest.memory.count
        let command = guest.memory[call * 40..<call * 40 + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let result = hypercall.perform(at: Guest.base + UInt64(call * 40), by: &guest)
        claim("a threshold may look like an error, nothing else is further down: \(result)", result >= -105 || command == FlaskCommand.getCacheThreshold.rawValue)
        claim("a guest's memory keeps its size", guest.memory.count == size)
    }
    claim("the server answers still", (try? server.accessDecision(source: guest.identifier, target: guest.identifier, objectClass: 1)) != nil)
}

/// A policy for the tables of a release, in which one type may do everything to the security server.
private enum Fixture {
    static let vocabulary = XenRelease("4.17").flatMap { Vocabulary(of: $0) }
    static let image = make()

    private static func make() -> [UInt8]? {
        guard let vocabulary, let security = vocabulary.objectClass(named: "security"),
            let domain = vocabulary.objectClass(named: "domain"), let second = vocabulary.objectClass(named: "domain2")
        else { return nil }
        var policy = Policy(target: .xen, version: 30, isMLS: false)
        policy.classes = vocabulary.classes.map { entry in
            var objectClass = ObjectClass(name: Name(entry.name))
            objectClass.permissions = entry.permissions.enumerated().map { .init(name: Name($1), number: UInt32($0 + 1)) }
            objectClass.permissionCount = UInt32(entry.permissions.count)
            return objectClass
        }
        policy.types = [TypeEntry(name: "a", isAttribute: false), TypeEntry(name: "b", isAttribute: false)]
        policy.typeAttributes = [[0], [1]]
        var role = Role(name: "r")
        role.dominates = [1]
        role.types = [0, 1]
        var objects = Role(name: "object_r")
        objects.dominates = []
        policy.roles = [objects, role]
        var user = User(name: "u")
        user.roles = [1]
        policy.users = [user]
        policy.booleans = [Boolean(name: "x", value: true), Boolean(name: "yy", value: false)]
        policy.rules.rules = [security.number, domain.number, second.number].flatMap { number in
            [1, 2].map { Rule(source: 1, target: $0, objectClass: UInt16(number), kind: .allow, data: .max >> 1) }
        }
        policy.initialContexts = vocabulary.initialSIDs.indices.map {
            InitialContext(sid: UInt32($0 + 1), context: SecurityContext(user: 1, role: 2, type: 1))
        }
        return try? ImageWriter.write(policy, layout: .checkpolicy3_6).bytes
    }
}

private struct Guest: FlaskCaller {
    static let base: UInt64 = 0x1000
    var memory: [UInt8]
    let pointerWidth: GuestPointerWidth
    let domain = DomainIdentifier(rawValue: 0)
    var identifier = SecurityIdentifier(rawValue: 2)
    let processor = 1
    private var labels: DomainLabels?

    init(memory: [UInt8], pointerWidth: GuestPointerWidth) {
        self.memory = memory
        self.pointerWidth = pointerWidth
    }

    private func range(_ count: Int, _ address: UInt64) -> Range<Int>? {
        guard address >= Self.base, address - Self.base <= UInt64(memory.count) else { return nil }
        let start = Int(address - Self.base)
        return count <= memory.count - start ? start..<start + count : nil
    }

    func read(_ count: Int, at address: UInt64) -> [UInt8]? { range(count, address).map { Array(memory[$0]) } }

    mutating func write(_ bytes: [UInt8], at address: UInt64) -> Bool {
        guard let range = range(bytes.count, address) else { return false }
        memory.replaceSubrange(range, with: bytes)
        return true
    }

    func peerIdentifier(ofPort port: UInt32) -> SecurityIdentifier? { port % 2 == 0 ? nil : SecurityIdentifier(rawValue: port) }

    func labels(of domain: DomainIdentifier) -> DomainLabels? {
        labels ?? DomainLabels(
            domain: domain == .caller ? self.domain : domain, identifier: identifier, selfIdentifier: identifier,
            targetIdentifier: .null, served: domain.rawValue % 3 == 0 ? identifier : nil)
    }

    mutating func setLabels(_ labels: DomainLabels) { self.labels = labels }
}
