import Flask

/// What an operation of a scenario works with: who does it, to what, and memory for its structures.
struct ScenarioContext {
    let hypervisor: Hypervisor
    let actor: Domain
    let arguments: [String]
    let domains: [String: Domain]
    private let memory = Self.newMemory()

    /// Why a step cannot be done at all.
    struct Failure: Error {
        let message: String
    }

    /// Where the structure of a call lies, and where what it points to.
    static let structure: UInt64 = 0x1000
    static let buffer: UInt64 = 0x2000

    static func newMemory() -> BufferMemory { BufferMemory(at: structure, size: 0x1_0000) }

    init(hypervisor: Hypervisor, actor: Domain, arguments: [String], domains: [String: Domain]) {
        self.hypervisor = hypervisor
        self.actor = actor
        self.arguments = arguments
        self.domains = domains
    }

    // MARK: Arguments

    /// The number of the domain that an argument names.
    func domain(_ index: Int = 0) -> UInt16 { domains[arguments[index]]?.number.rawValue ?? DomainIdentifier.idle.rawValue }

    /// A number that an argument is; `other` when there is none.
    func number(_ index: Int, or other: UInt64 = 0) -> UInt64 {
        index < arguments.count ? ScenarioOperation.number(arguments[index]) ?? other : other
    }

    /// The number of the label that an argument is.
    func label(_ index: Int) throws(Failure) -> UInt32 {
        guard let flask = hypervisor.hooks.flask else { throw Failure(message: "there is no policy that knows labels") }
        do {
            return try flask.server.identifier(of: Array(arguments[index].utf8)).rawValue
        } catch {
            throw Failure(message: "the policy knows no label `\(arguments[index])`")
        }
    }

    // MARK: Calls

    func call(_ number: HypercallNumber, _ arguments: [UInt64]) -> Int64 {
        hypervisor.hypercall(number.rawValue, arguments + [0, 0, 0, 0, 0], Caller(domain: actor, memory: memory))
    }

    /// A call about a structure.
    func call(_ number: HypercallNumber, _ structure: ABIStructure) -> Int64 {
        _ = memory.write(structure.bytes, at: Self.structure)
        return call(number, [Self.structure])
    }

    /// Puts bytes where structures point to.
    func put(_ bytes: [UInt8]) { _ = memory.write(bytes, at: Self.buffer) }

    func domctl(_ command: DomainControlCommand, _ domain: UInt16, _ body: (inout ABIStructure) -> Void = { _ in }) -> Int64 {
        var call = ABIStructure(command, of: domain)
        body(&call)
        return self.call(.domainControl, call)
    }

    func sysctl(_ command: SystemControlCommand, _ body: (inout ABIStructure) -> Void = { _ in }) -> Int64 {
        var call = ABIStructure(command)
        body(&call)
        return self.call(.systemControl, call)
    }

    /// `flask_op` with its words, behind command and version.
    func flask(_ command: FlaskCommand, _ body: (inout ABIStructure) -> Void = { _ in }) -> Int64 {
        var call = ABIStructure(size: 40)
        call.set(command.rawValue, at: 0)
        call.set(1 as UInt32, at: 4)
        body(&call)
        return self.call(.security, call)
    }
}
