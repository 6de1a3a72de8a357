import Flask
import Synchronization

/// What an operation of a scenario works with: who does it, to what, and memory for its structures.
struct ScenarioContext {
    let hypervisor: Hypervisor
    let actor: Domain
    /// Words that stand for numbers are numbers here.
    let arguments: [String]
    let domains: [String: Domain]
    /// The policy that was loaded at the start.
    let policy: [UInt8]
    private let given = Gathered<UInt64>()
    private let memory: BufferMemory

    /// Why a step cannot be done at all.
    struct Failure: Error {
        let message: String
    }

    /// Where the structure of a call lies, and where what it points to.
    static let structure: UInt64 = 0x1000
    static let buffer: UInt64 = 0x2000
    static let secondBuffer: UInt64 = 0x3000
    /// Room for lists of numbers behind ``buffer``.
    static let mostNumbers: UInt64 = 4_096

    static func newMemory(more: Int = 0) -> BufferMemory { BufferMemory(at: structure, size: 0x1_0000 + more) }

    init(hypervisor: Hypervisor, actor: Domain, arguments: [String], domains: [String: Domain], policy: [UInt8] = []) {
        self.hypervisor = hypervisor
        self.actor = actor
        self.arguments = arguments
        self.domains = domains
        self.policy = policy
        memory = Self.newMemory(more: policy.count)
    }

    // MARK: What it gives

    /// Gives a number that a later line may name.
    func give(_ number: UInt64) { given.append([number]) }

    /// What was given last.
    func takeGiven() -> UInt64? { given.take().last }

    /// Gives a part of the answer to a call that went well; the call's result.
    func giving(_ result: Int64, _ number: (ABIStructure) -> UInt64, of size: Int) -> Int64 {
        if result >= 0 { give(number(answer(size))) }
        return result
    }

    // MARK: Arguments

    func has(_ index: Int) -> Bool { index < arguments.count }

    /// The number of the domain that an argument names; the actor's own word for itself where there is none.
    func domain(_ index: Int = 0) -> UInt16 {
        guard has(index) else { return DomainIdentifier.caller.rawValue }
        return domains[arguments[index]]?.number.rawValue ?? DomainIdentifier.idle.rawValue
    }

    /// A number that an argument is; `other` when there is none.
    func number(_ index: Int, or other: UInt64 = 0) -> UInt64 {
        has(index) ? ScenarioOperation.number(arguments[index]) ?? other : other
    }

    func word16(_ index: Int, or other: UInt64 = 0) -> UInt16 { UInt16(truncatingIfNeeded: number(index, or: other)) }
    func word32(_ index: Int, or other: UInt64 = 0) -> UInt32 { UInt32(truncatingIfNeeded: number(index, or: other)) }

    func range(_ index: Int) -> ClosedRange<UInt64> { (has(index) ? ScenarioOperation.range(arguments[index]) : nil) ?? 0...0 }

    /// Segment, bus, device and function of a device of PCI.
    func device(_ index: Int) -> UInt32 { (has(index) ? ScenarioOperation.device(arguments[index]) : nil) ?? 0 }

    func text(_ index: Int) -> [UInt8] { has(index) ? Array(arguments[index].utf8) : [] }

    /// The number of the label that an argument is.
    func label(_ index: Int) throws(Failure) -> UInt32 {
        guard let flask = hypervisor.hooks.flask else { throw Failure(message: "there is no policy that knows labels") }
        do {
            return try flask.server.identifier(of: text(index)).rawValue
        } catch {
            throw Failure(unknownLabel: arguments[index], error)
        }
    }

    // MARK: Memory of the caller

    /// Puts bytes where structures point to.
    func put(_ bytes: [UInt8], at address: UInt64 = buffer) { _ = memory.write(bytes, at: address) }

    func put(numbers: [UInt64], at address: UInt64 = buffer) {
        var list = ABIStructure(size: numbers.count * 8)
        for (index, number) in numbers.enumerated() { list.set(number, at: index * 8) }
        put(list.bytes, at: address)
    }

    /// What the structure of the last call has become.
    func answer(_ size: Int, at address: UInt64 = structure) -> ABIStructure {
        memory.read(size, at: address).map { ABIStructure($0) } ?? ABIStructure(size: size)
    }

    /// The actor as a client that maps memory.
    var client: Hypervisor.Client { Hypervisor.Client(hypervisor: hypervisor, caller: caller) }

    var caller: Caller { Caller(domain: actor, memory: memory) }
}
