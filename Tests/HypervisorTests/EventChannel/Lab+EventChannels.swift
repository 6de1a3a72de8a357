import Flask
import Synchronization

@testable import Hypervisor

/// Counts the events that it is told of.
final class CountingListener: PortListener {
    private let ports = Mutex<[UInt32]>([])
    func eventIsPending(at port: UInt32) { ports.withLock { $0.append(port) } }
    /// The ports of which it was told since the last time.
    func take() -> [UInt32] {
        ports.withLock { ports in
            defer { ports = [] }
            return ports
        }
    }
}

extension Lab {
    /// `DOMID_SELF`.
    static let own: UInt16 = 0x7ff0

    func event(_ command: EventChannelCommand, as domain: UInt16 = 0, _ body: (inout ABIStructure) -> Void) -> Int64 {
        var call = ABIStructure(size: command.size)
        body(&call)
        guard memory.write(call.bytes, at: Self.argument) else { return .min }
        return self.call(.eventChannel, [UInt64(command.rawValue), Self.argument], as: domain)
    }

    /// A port of a domain's, to which another may bind; or the error.
    func unbound(_ owner: UInt16 = own, remote: UInt16, as domain: UInt16 = 0) -> Int64 {
        let result = event(.allocateUnbound, as: domain) { call in
            call.set(owner, at: 0)
            call.set(remote, at: 2)
        }
        return result == 0 ? Int64(answer(8).word32(at: 4)) : result
    }

    /// The port that is bound; or the error.
    func bind(remote: UInt16, _ port: Int64, as domain: UInt16 = 0) -> Int64 {
        let result = event(.bindInterdomain, as: domain) { call in
            call.set(remote, at: 0)
            call.set(UInt32(truncatingIfNeeded: port), at: 4)
        }
        return result == 0 ? Int64(answer(12).word32(at: 8)) : result
    }

    func send(_ port: Int64, as domain: UInt16 = 0) -> Int64 {
        event(.send, as: domain) { $0.set(UInt32(truncatingIfNeeded: port), at: 0) }
    }

    func close(_ port: Int64, as domain: UInt16 = 0) -> Int64 {
        event(.close, as: domain) { $0.set(UInt32(truncatingIfNeeded: port), at: 0) }
    }

    /// `EVTCHNOP_status`'s answer: its number, processor, and the two numbers that it tells; nil when it is refused.
    func status(
        _ port: Int64, of owner: UInt16 = own, as domain: UInt16 = 0
    ) -> (status: UInt32, processor: UInt32, first: UInt32, second: UInt32)? {
        let result = event(.status, as: domain) { call in
            call.set(owner, at: 0)
            call.set(UInt32(truncatingIfNeeded: port), at: 4)
        }
        guard result == 0 else { return nil }
        let answer = answer(24)
        return (answer.word32(at: 8), answer.word32(at: 12), answer.word32(at: 16), answer.word32(at: 20))
    }

    func isPending(_ port: Int64, in domain: UInt16) -> Bool {
        hypervisor.machine.withLock { $0.domains[domain]?.isPending(UInt32(truncatingIfNeeded: port)) ?? false }
    }

    /// The page `struct shared_info` of a domain.
    func sharedInfo(_ domain: UInt16) -> SharedMemory? {
        hypervisor.machine.withLock { try? $0.domains[domain]?.memory.makeSharedInfo() }
    }

    /// Gives a domain memory at its first frames, which lie one behind the other in what is returned.
    @discardableResult
    func givePages(_ domain: UInt16, _ count: UInt64 = 64) throws -> SharedMemory {
        guard domctl(.maximumMemory, domain, as: 0, { $0.set(count * 8, at: 16) }) == 0 else { throw LabError.failed(-3) }
        let done = reservation(.populatePhysmap, domain, Array(0..<count))
        guard done == Int64(count), let page = state(domain)?.memory.lookUp(0), page.offset == 0 else { throw LabError.failed(done) }
        return page.memory
    }

    func client(_ domain: UInt16) -> Hypervisor.Client {
        guard let client = hypervisor.client(of: domain, memory: memory) else { preconditionFailure("no domain \(domain)") }
        return client
    }
}
