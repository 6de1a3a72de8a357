import Flask
import Synchronization

@testable import Hypervisor

/// A small machine, made anew for each input: dom0, a guest with hardware virtualization (1), one without (2), and one that
/// serves the first (3). Each has a few pages.
struct FuzzedMachine {
    let hypervisor: Hypervisor
    /// The memory of all callers. Small numbers are addresses in it, and some of them have frames' numbers.
    let memory = BufferMemory(at: base, size: 0x7f00)

    static let base: UInt64 = 0x100
    static let argument: UInt64 = 0x1000
    /// 64 numbers of 64 bits from 0 on, and behind them 64 of 32 bits.
    static let frames: UInt64 = 0x4000
    static let domains: ClosedRange<UInt16> = 1...3

    /// `choice` says under which module, whether it is strict, and what the machine can do.
    init?(_ choice: UInt8) {
        guard let vocabulary = AllowingPolicy.vocabulary else { return nil }
        var configuration = Hypervisor.Configuration(vocabulary: vocabulary)
        configuration.module = choice & 1 == 0 ? .dummy : .flask
        configuration.isStrict = choice & 2 != 0
        configuration.hasIOMMU = choice & 4 == 0
        configuration.processorCount = 2
        configuration.memoryPages = 4_096
        configuration.dom0Pages = 1_024
        configuration.commandLine = "argo=1,mac-permissive=1 vpmu"
        guard let hypervisor = try? Hypervisor(configuration, policy: choice & 1 == 0 ? nil : AllowingPolicy.image) else {
            claim("the hypervisor does not start", false)
            return nil
        }
        self.hypervisor = hypervisor
        var frames = ABIStructure(size: 64 * 12)
        for index in 0..<64 {
            frames.set(UInt64(index), at: index * 8)
            frames.set(UInt32(index), at: 512 + index * 4)
        }
        _ = memory.write(frames.bytes, at: Self.frames)
        for domain in Self.domains { create(domain) }
        _ = control(.setTarget, 3) { $0.set(1 as UInt16, at: 16) }
    }

    private func create(_ domain: UInt16) {
        let result = control(.createDomain, domain) { call in
            call.set(2 as UInt32, at: 16)
            call.set(domain == 1 ? 0x23 : 0x20 as UInt32, at: 36)
            call.set(2 as UInt32, at: 44)
            call.set(1_023 as UInt32, at: 48)
            call.set(16 as Int32, at: 52)
            call.set(64 as Int32, at: 56)
            call.set(2 as UInt32, at: 60)
        }
        claim("domain \(domain) cannot be created: \(result ?? 0)", result == 0)
        _ = control(.maximumProcessors, domain) { $0.set(2 as UInt32, at: 16) }
        _ = control(.maximumMemory, domain) { $0.set(256 as UInt64, at: 16) }
        _ = control(.unpauseDomain, domain)
        var reservation = ABIStructure(size: 32)
        reservation.set(Self.frames, at: 0)
        reservation.set(8 as UInt64, at: 8)
        reservation.set(domain, at: 24)
        let done = call(.memoryOperation, [MemoryCommand.populatePhysmap.rawValue, Self.argument], reservation)
        claim("domain \(domain) gets no memory: \(done ?? 0)", done == 8)
    }

    /// Makes a hypercall as a domain; nil when there is no such domain.
    @discardableResult
    func call(_ number: HypercallNumber, _ arguments: [UInt64], as domain: UInt16 = 0, processor: UInt32 = 0) -> Int64? {
        hypervisor.client(of: domain, memory: memory, processor: Int(processor), virtualProcessor: processor)?
            .hypercall(number.rawValue, arguments)
    }

    func call(_ number: HypercallNumber, _ arguments: [UInt64], _ structure: ABIStructure) -> Int64? {
        _ = memory.write(structure.bytes, at: Self.argument)
        return call(number, arguments)
    }

    @discardableResult
    func control(_ command: DomainControlCommand, _ domain: UInt16, _ body: (inout ABIStructure) -> Void = { _ in }) -> Int64? {
        var structure = ABIStructure(command, of: domain)
        body(&structure)
        return call(.domainControl, [Self.argument], structure)
    }

    /// Everything that must hold at any time.
    func check(_ when: String) {
        let violations = hypervisor.machine.withLock { machine in
            machine.eventViolations + machine.deviceModelViolations + machine.memoryViolations + machine.referenceViolations
                + machine.controlViolations
        }
        claim("\(when): \(violations)", violations.isEmpty)
    }

    /// Everything holds, also when domains go one after the other.
    func end() {
        check("at the end")
        guard let dom0 = hypervisor.domain(0) else { return claim("dom0 is gone", false) }
        for number in hypervisor.machine.withLock({ $0.domains.keys.sorted() }) where number != 0 {
            guard let domain = hypervisor.domain(number) else { continue }
            do throws(XenErrorNumber) {
                try hypervisor.destroy(domain, Caller(domain: dom0, memory: memory))
            } catch {
                claim("domain \(number) cannot be destroyed: \(error)", false)
            }
            check("without domain \(number)")
        }
    }
}
