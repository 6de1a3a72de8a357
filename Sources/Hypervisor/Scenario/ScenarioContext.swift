import Flask
import Synchronization

/// What an operation of a scenario works with: who does it, to what, and memory for its structures.
struct ScenarioContext {
    let hypervisor: Hypervisor
    let actor: Domain
    let arguments: [String]
    let domains: [String: Domain]
    private let memory = Memory()

    /// Why a step cannot be done at all.
    struct Failure: Error {
        let message: String
    }

    /// Where the structure of a call lies, and where what it points to.
    static let structure: UInt64 = 0x1000
    static let buffer: UInt64 = 0x2000

    init(hypervisor: Hypervisor, actor: Domain, arguments: [String], domains: [String: Domain]) {
        self.hypervisor = hypervisor
        self.actor = actor
        self.arguments = arguments
        self.domains = domains
    }

    final class Memory: CallerMemory {
        private let bytes = Mutex([UInt8](repeating: 0, count: 0x1_0000))

        private static func range(_ count: Int, _ address: UInt64, _ size: Int) -> Range<Int>? {
            guard address >= ScenarioContext.structure, address - ScenarioContext.structure <= UInt64(size) else { return nil }
            let start = Int(address - ScenarioContext.structure)
            return count <= size - start ? start..<start + count : nil
        }

        func read(_ count: Int, at address: UInt64) -> [UInt8]? {
            bytes.withLock { bytes in Self.range(count, address, bytes.count).map { Array(bytes[$0]) } }
        }

        func write(_ new: [UInt8], at address: UInt64) -> Bool {
            bytes.withLock { bytes in
                guard let range = Self.range(new.count, address, bytes.count) else { return false }
                bytes.replaceSubrange(range, with: new)
                return true
            }
        }
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
        var call = ABIStructure(size: 144)
        call.set(command.rawValue, at: 0)
        call.set(Hypervisor.domainControlVersion, at: 4)
        call.set(domain, at: 8)
        body(&call)
        return self.call(.domainControl, call)
    }

    func sysctl(_ command: SystemControlCommand, _ body: (inout ABIStructure) -> Void = { _ in }) -> Int64 {
        var call = ABIStructure(size: 136)
        call.set(command.rawValue, at: 0)
        call.set(Hypervisor.systemControlVersion, at: 4)
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
