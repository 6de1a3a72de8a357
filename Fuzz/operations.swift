import Flask

/// The `flask_op` hypercall: any bytes as the memory of a guest, whose arguments lie one behind the other at its begin.
func exercise(_ bytes: [UInt8]) {
    guard let width = bytes.first, let policy = AllowingPolicy.image else { return }
    guard let vocabulary = AllowingPolicy.vocabulary else { return }
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
