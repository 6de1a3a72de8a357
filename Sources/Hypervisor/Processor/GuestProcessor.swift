import Flask
import Synchronization
import Threading

/// A processor of a guest's, for whatever executes its instructions: a script, or a machine that runs real ones. It hands over
/// each access that leaves the processor, waits for the answer, and goes on.
///
/// Memory of the guest's is read and written at once; what its device model emulates goes there and comes back (Xen,
/// xen/arch/x86/hvm/emulate.c: `hvmemul_do_io`); what nobody has reads as ones. While the domain is paused the processor stands
/// still. One may execute a processor at a time.
public final class GuestProcessor: Sendable {
    private let hypervisor: Hypervisor
    let domain: Domain
    let number: UInt32
    private let doorbell: Doorbell
    /// An access that nobody waited for to the end: another can only begin after it.
    private let unfinished = Lock<IORequest?>(nil)

    /// Takes over a processor of a domain. With a descriptor of a socket, for whoever has the other end: what is gone waits for
    /// nothing. Throws all of ``ProcessorStop`` but that somebody is gone.
    public init(
        of domain: UInt16, processor: UInt32 = 0, in hypervisor: Hypervisor, for client: Int32 = -1
    ) throws(ProcessorStop) {
        guard let identity = hypervisor.domain(domain) else { throw .noDomain }
        guard let doorbell = Doorbell(for: client) else { throw .noDescriptor }
        self.hypervisor = hypervisor
        self.domain = identity
        self.doorbell = doorbell
        number = processor
        let refusal: ProcessorStop? = hypervisor.machine.withLock { machine in
            guard let state = machine.domains[domain], state.domain === identity else { return .noDomain }
            guard state.isHVM, processor < state.processors.count else { return .noProcessor }
            guard state.deviceModel.waiters[processor] == nil else { return .taken }
            machine.domains[domain]?.deviceModel.waiters[processor] = doorbell
            return nil
        }
        if let refusal { throw refusal }
    }

    deinit {
        hypervisor.machine.withLock { machine in
            guard machine.domains[domain.number.rawValue]?.deviceModel.waiters[number] === doorbell else { return }
            machine.domains[domain.number.rawValue]?.deviceModel.waiters[number] = nil
        }
    }

    /// What an access gives; 0 for one that writes. Waits while the domain is paused, and for the device model.
    public func perform(_ access: GuestAccess) throws(ProcessorStop) -> UInt64 {
        try finish()
        if access.space == .memory {
            try waitUntilRunning()
            if let value = try performInMemory(access) { return value }
        }
        let request = access.request
        while true {
            let begun = try asking { (hypervisor) throws(XenErrorNumber) in
                if access.setsConfigurationAddress {
                    try hypervisor.setConfigurationAddress(UInt32(truncatingIfNeeded: request.data), domain)
                }
                return try hypervisor.begin(request, of: domain, processor: number)
            }
            switch begun.status {
            case .done: return access.written == nil ? GuestAccess.ones(access.size) : 0
            case .shutDown(let code): throw .shutDown(code)
            case .paused: try waitUntilRunning()
            case .waits:
                if let answerer = begun.answerer { doorbell.listen(to: answerer) }
                let value = try wait(for: request)
                return access.written == nil ? value & GuestAccess.ones(access.size) : 0
            }
        }
    }

    /// Asks the hypervisor something that fails only where the domain is gone.
    private func asking<Result>(
        _ body: (Hypervisor) throws(XenErrorNumber) -> Result
    ) throws(ProcessorStop) -> Result {
        do throws(XenErrorNumber) {
            return try body(hypervisor)
        } catch {
            throw .noDomain
        }
    }

    // MARK: Waiting

    private func waitUntilRunning() throws(ProcessorStop) {
        while true {
            let standstill = try asking { (hypervisor) throws(XenErrorNumber) in try hypervisor.standstill(of: domain) }
            if case .shutDown(let code)? = standstill { throw .shutDown(code) }
            if standstill == nil { return }
            if doorbell.sleep().isAbandoned { throw .abandoned }
        }
    }

    /// Waits for an access that was left alone.
    private func finish() throws(ProcessorStop) {
        let request = unfinished.withLock { unfinished in
            defer { unfinished = nil }
            return unfinished
        }
        if let request { _ = try wait(for: request) }
    }

    private func wait(for request: IORequest) throws(ProcessorStop) -> UInt64 {
        while true {
            let waking = doorbell.sleep()
            if waking.hasAnswer, let answerer = doorbell.answerer { hypervisor.take(eventFrom: answerer) }
            // An answer that nobody may send has rung nothing, and is not looked at.
            guard doorbell.hush() || waking.isRung || waking.isAbandoned else { continue }
            let completion = try asking { (hypervisor) throws(XenErrorNumber) in
                try hypervisor.complete(request, processor: number, for: domain)
            }
            switch completion {
            case .waits:
                guard waking.isAbandoned else { continue }
                unfinished.withLock { $0 = request }
                throw .abandoned
            case .done(let value): return value
            case .crashed: throw .shutDown(ShutdownReason.crash)
            }
        }
    }

    // MARK: Memory

    /// Reads or writes the guest's own memory; nil where there is none, or its writes are somebody's.
    private func performInMemory(_ access: GuestAccess) throws(ProcessorStop) -> UInt64? {
        do throws(XenErrorNumber) {
            guard let written = access.written else {
                let bytes = try hypervisor.readGuest(domain, Int(access.size), at: access.address)
                return bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
            }
            let type = try hypervisor.with(domain) { (state) throws(XenErrorNumber) in
                state.memory.type(of: access.address / 4_096)
            }
            // A write to memory that can only be read is dropped.
            if type == .readOnlyMemory { return 0 }
            guard type == .memory || type == .populateOnDemand else { return nil }
            let bytes = (0..<access.size).map { UInt8(truncatingIfNeeded: written >> (8 * UInt64($0))) }
            try hypervisor.writeGuest(domain, bytes, at: access.address)
            return 0
        } catch {
            if error == .noSuchDomain { throw .noDomain }
            return nil
        }
    }
}
