import Flask

/// A domain with a little memory that makes `flask_op` hypercalls.
struct TestCaller: FlaskCaller {
    var domain = DomainIdentifier(rawValue: 0)
    var identifier: SecurityIdentifier
    var processor = 0
    var pointerWidth = GuestPointerWidth.bits64
    /// The memory begins here; elsewhere there is none.
    static let base: UInt64 = 0x1000
    var memory = [UInt8](repeating: 0xee, count: 0x4000)
    var peers: [UInt32: SecurityIdentifier] = [:]
    var domains: [DomainIdentifier: DomainLabels] = [:]

    init(_ identifier: SecurityIdentifier) {
        self.identifier = identifier
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

    func peerIdentifier(ofPort port: UInt32) -> SecurityIdentifier? { peers[port] }

    func labels(of domain: DomainIdentifier) -> DomainLabels? { domains[domain == .caller ? self.domain : domain] }

    mutating func setLabels(_ labels: DomainLabels) {
        domains[labels.domain] = labels
        if labels.domain == domain { identifier = labels.identifier }
    }

    // MARK: Calling

    /// Where the argument lies, and where buffers lie.
    static let argument = base
    static let buffer = base + 0x100

    /// Puts the words of an operation together and makes the call.
    mutating func call(_ hypercall: FlaskHypercall, _ command: FlaskCommand, _ words: [UInt32] = []) -> Int32 {
        call(hypercall, raw: command.rawValue, words)
    }

    mutating func call(_ hypercall: FlaskHypercall, raw command: UInt32, version: UInt32 = 1, _ words: [UInt32] = []) -> Int32 {
        let all = [command, version] + words + [UInt32](repeating: 0, count: max(0, 8 - words.count))
        _ = write(all.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * $0)) } }, at: Self.argument)
        return hypercall.perform(at: Self.argument, by: &self)
    }

    /// A word of the argument after the call, counted from that behind the version.
    func word(_ index: Int) -> UInt32 {
        let start = 8 + 4 * index
        return (0..<4).reduce(0) { $0 | UInt32(memory[start + $1]) << UInt32(8 * $1) }
    }

    mutating func put(_ bytes: [UInt8]) { _ = write(bytes, at: Self.buffer) }

    func text(_ count: Int) -> String { String(decoding: read(count, at: Self.buffer) ?? [], as: UTF8.self) }
}
