import Flask
import Glibc
import Synchronization

@testable import Hypervisor

extension Lab {
    /// The caller, whoever that is.
    static let caller: UInt16 = 0x7ff0

    func memoryOp(_ command: MemoryCommand, _ structure: ABIStructure, from start: UInt64 = 0, as domain: UInt16 = 0) -> Int64 {
        guard memory.write(structure.bytes, at: Self.argument) else { return .min }
        return call(.memoryOperation, [command.rawValue | start << 6, Self.argument], as: domain)
    }

    /// `struct xen_memory_reservation`, whose list lies in the buffer.
    func reservation(
        _ command: MemoryCommand, _ domain: UInt16, _ frames: [UInt64], order: UInt32 = 0, flags: UInt32 = 0, count: UInt64? = nil,
        as caller: UInt16 = 0
    ) -> Int64 {
        putNumbers(frames)
        var call = ABIStructure(size: 32)
        call.set(frames.isEmpty ? 0 : Self.buffer, at: 0)
        call.set(count ?? UInt64(frames.count), at: 8)
        call.set(order, at: 16)
        call.set(flags, at: 20)
        call.set(domain, at: 24)
        return memoryOp(command, call, as: caller)
    }

    func putNumbers(_ numbers: [UInt64], at address: UInt64 = Lab.buffer) {
        var list = ABIStructure(size: numbers.count * 8)
        for (index, number) in numbers.enumerated() { list.set(number, at: index * 8) }
        _ = memory.write(list.bytes, at: address)
    }

    func numbers(_ count: Int, at address: UInt64 = Lab.buffer) -> [UInt64] {
        let list = ABIStructure(memory.read(count * 8, at: address) ?? [])
        return (0..<count).map { list.word64(at: $0 * 8) }
    }

    /// Makes a domain with a limit of memory, and some of that at its first frames.
    @discardableResult
    func createDomainWithMemory(
        _ type: String = "guest", isHVM: Bool = true, most: UInt64 = 1_024, pages: UInt64 = 64
    ) throws -> UInt16 {
        let domain = try createDomain(type, isHVM: isHVM)
        guard domctl(.maximumMemory, domain, as: 0, { $0.set(most * 4, at: 16) }) == 0 else { throw LabError.failed(-3) }
        if pages > 0 {
            let done = reservation(.populatePhysmap, domain, Array(0..<pages))
            guard done == Int64(pages) else { throw LabError.failed(done) }
        }
        return domain
    }

    func state(_ domain: UInt16) -> DomainState? { hypervisor.machine.withLock { $0.domains[domain] } }

    func change(_ domain: UInt16, _ body: @Sendable (inout DomainState) -> Void) {
        hypervisor.machine.withLock { machine in
            guard let known = machine.domains[domain]?.domain else { return }
            body(&machine.domains[domain, default: DomainState(known)])
        }
    }

    /// What is wrong with the machine.
    var violations: [String] { hypervisor.machine.withLock { $0.violations() } }

    // MARK: Grants

    func grantOp(_ command: GrantCommand, _ structure: ABIStructure, count: UInt64 = 1, as domain: UInt16 = 0) -> Int64 {
        guard memory.write(structure.bytes, at: Self.argument) else { return .min }
        return call(.grantTable, [UInt64(command.rawValue), Self.argument, count], as: domain)
    }

    /// What a guest writes into its table.
    func grant(_ reference: UInt32, of domain: UInt16, to holder: UInt16, frame: UInt64, flags: UInt16 = GrantEntry.permitAccess) {
        change(domain) { try? $0.grants.write(UInt32(holder) << 16 | UInt32(flags), frame: frame, reference) }
    }

    func entry(_ reference: UInt32, of domain: UInt16) -> GrantEntry? { state(domain)?.grants.entry(reference) }

    /// Maps a grant: its number, or how that failed.
    func mapGrant(
        _ reference: UInt32, of domain: UInt16, flags: GrantMapFlags = .host, at address: UInt64 = 0x7000_0000, as caller: UInt16 = 0
    ) -> Result<UInt32, GrantStatus> {
        var call = ABIStructure(size: 32)
        call.set(address, at: 0)
        call.set(flags.rawValue, at: 8)
        call.set(reference, at: 12)
        call.set(domain, at: 16)
        guard grantOp(.map, call, as: caller) == 0 else { return .failure(.generalError) }
        let status = Int16(bitPattern: answer(32).word16(at: 18))
        return GrantStatus(rawValue: status).map { .failure($0) } ?? .success(answer(32).word32(at: 20))
    }

    /// Ends a mapping: 0, or how that failed.
    func unmapGrant(_ handle: UInt32, host: UInt64 = 0x7000_0000, device: UInt64 = 0, as caller: UInt16 = 0) -> Int64 {
        var call = ABIStructure(size: 24)
        call.set(host, at: 0)
        call.set(device, at: 8)
        call.set(handle, at: 16)
        let result = grantOp(.unmap, call, as: caller)
        return result == 0 ? Int64(Int16(bitPattern: answer(24).word16(at: 20))) : result
    }

    /// `struct gnttab_copy`; a negative length of a side's number is a frame of the caller's.
    func copyGrant(
        from source: (domain: UInt16, number: UInt64, isGrant: Bool, offset: UInt16),
        to target: (domain: UInt16, number: UInt64, isGrant: Bool, offset: UInt16), length: UInt16, as caller: UInt16 = 0
    ) -> Int64 {
        var call = ABIStructure(size: 40)
        for (side, start) in [(source, 0), (target, 16)] {
            call.set(side.number, at: start)
            call.set(side.domain, at: start + 8)
            call.set(side.offset, at: start + 10)
        }
        call.set(length, at: 32)
        call.set((source.isGrant ? 1 : 0) | (target.isGrant ? 2 : 0) as UInt16, at: 34)
        let result = grantOp(.copy, call, as: caller)
        return result == 0 ? Int64(Int16(bitPattern: answer(40).word16(at: 36))) : result
    }

    // MARK: Parameters

    func hvmParameter(_ command: HVMCommand, _ domain: UInt16, _ parameter: UInt32, _ value: UInt64 = 0, as caller: UInt16 = 0) -> Int64 {
        var call = ABIStructure(size: 16)
        call.set(domain, at: 0)
        call.set(parameter, at: 4)
        call.set(value, at: 8)
        _ = memory.write(call.bytes, at: Self.argument)
        return self.call(.hvm, [command.rawValue, Self.argument], as: caller)
    }

    func alternateViews(
        _ command: AlternateViewCommand, _ domain: UInt16, as caller: UInt16 = 0, _ body: (inout ABIStructure) -> Void = { _ in }
    ) -> Int64 {
        var call = ABIStructure(size: 80)
        call.set(1 as UInt32, at: 0)
        call.set(command.rawValue, at: 4)
        call.set(domain, at: 8)
        body(&call)
        _ = memory.write(call.bytes, at: Self.argument)
        return self.call(.hvm, [HVMCommand.alternateViews.rawValue, Self.argument], as: caller)
    }

    /// Lets dom0 listen to a domain's events, in a ring at a frame: the port.
    @discardableResult
    func monitor(_ domain: UInt16, frame: UInt64) throws -> UInt32 {
        let result = hvmParameter(.setParameter, domain, HVMParameter.monitorRingFrame.rawValue, frame)
        guard result == 0 else { throw LabError.failed(result) }
        let enabled = domctl(.eventMonitor, domain, as: 0) { $0.set(2 as UInt32, at: 20) }
        guard enabled == 0 else { throw LabError.failed(enabled) }
        return answer(144).word32(at: 24)
    }

    // MARK: Page tables

    func mmuUpdate(_ pointer: UInt64, _ value: UInt64, domain: UInt32, as caller: UInt16 = 0) -> Int64 {
        var call = ABIStructure(size: 16)
        call.set(pointer, at: 0)
        call.set(value, at: 8)
        _ = memory.write(call.bytes, at: Self.argument)
        return self.call(.mmuUpdate, [Self.argument, 1, 0, UInt64(domain)], as: caller)
    }

    func mmuExtended(_ command: ExtendedMMUCommand, _ frame: UInt64, domain: UInt16, as caller: UInt16 = 0) -> Int64 {
        var call = ABIStructure(size: 24)
        call.set(command.rawValue, at: 0)
        call.set(frame, at: 8)
        _ = memory.write(call.bytes, at: Self.argument)
        return self.call(.extendedMMU, [Self.argument, 1, 0, UInt64(domain)], as: caller)
    }

    /// Gives a domain that sees machine frames some pages: their frames.
    func takeFrames(_ domain: UInt16, _ count: Int, as caller: UInt16 = 0) -> [UInt64] {
        let done = reservation(.increaseReservation, domain, [UInt64](repeating: 0, count: count), as: caller)
        return done == Int64(count) ? numbers(count) : []
    }
}
