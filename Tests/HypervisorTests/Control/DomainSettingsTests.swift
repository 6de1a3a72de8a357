import Flask
import Synchronization
import Testing

@testable import Hypervisor

/// What is set of a domain is told again.
@Suite struct DomainSettingsTests {
    private func lab(isHVM: Bool = true) throws -> Lab {
        let lab = try Lab()
        try lab.createDomain(isHVM: isHVM)
        return lab
    }

    @Test func registersAreKept() throws {
        let lab = try lab()
        func processor(_ command: DomainControlCommand, _ number: UInt32 = 0, as caller: UInt16 = 0) -> Int64 {
            lab.domctl(command, 1, as: caller) { call in
                call.set(number, at: 16)
                call.set(Lab.buffer, at: 24)
            }
        }
        #expect(processor(.getProcessorContext) == -61)
        let registers = (0..<Hypervisor.processorContextSize).map { UInt8(truncatingIfNeeded: $0 * 7) }
        _ = lab.memory.write(registers, at: Lab.buffer)
        #expect(processor(.setProcessorContext) == 0)
        #expect(processor(.setProcessorContext, 1) == -22)
        #expect(processor(.setProcessorContext, as: 1) == -22)
        _ = lab.memory.write([UInt8](repeating: 0, count: registers.count), at: Lab.buffer)
        #expect(processor(.getProcessorContext) == 0)
        #expect(lab.memory.read(registers.count, at: Lab.buffer) == registers)
        // Without any the processor is as it was at first.
        #expect(lab.domctl(.setProcessorContext, 1) == 0)
        #expect(processor(.getProcessorContext) == -61)
        #expect(lab.domctl(.setProcessorContext, 1) { $0.set(2 as UInt64, at: 24) } == -14)
    }

    @Test func affinityIsKept() throws {
        let lab = try lab()
        func affinity(_ command: DomainControlCommand, flags: UInt32, bits: UInt32) -> Int64 {
            lab.domctl(command, 1) { call in
                call.set(flags, at: 20)
                call.set(Lab.buffer, at: 24)
                call.set(bits, at: 32)
                call.set(Lab.buffer + 8, at: 40)
                call.set(bits, at: 48)
            }
        }
        _ = lab.memory.write([0x6, 0, 0, 0, 0, 0, 0, 0, 0xff], at: Lab.buffer)
        #expect(affinity(.setProcessorAffinity, flags: 3, bits: 8) == 0)
        // Who sets is told what of it counts.
        #expect(lab.memory.read(1, at: Lab.buffer + 8) == [0x6])
        _ = lab.memory.write([0xff, 0xff, 0xff], at: Lab.buffer)
        #expect(affinity(.getProcessorAffinity, flags: 1, bits: 17) == 0)
        #expect(lab.memory.read(4, at: Lab.buffer) == [0x6, 0, 0, 0])
        // None of these processors exists, and bits behind the given number are none.
        _ = lab.memory.write([0xf0], at: Lab.buffer)
        #expect(affinity(.setProcessorAffinity, flags: 1, bits: 8) == -22)
        _ = lab.memory.write([0x0e], at: Lab.buffer)
        #expect(affinity(.setProcessorAffinity, flags: 1, bits: 1) == -22)
        #expect(affinity(.setProcessorAffinity, flags: 0, bits: 8) == -22)
    }

    @Test func hardwareIsKeptAsRecords() throws {
        let lab = try lab()
        func context(_ command: DomainControlCommand, size: UInt32, at address: UInt64 = Lab.buffer) -> Int64 {
            lab.domctl(command, 1) { call in
                call.set(size, at: 16)
                call.set(address, at: 24)
            }
        }
        #expect(context(.getHVMContext, size: 0, at: 0) == 0)
        #expect(lab.answer(144).word32(at: 16) == 40)
        #expect(context(.getHVMContext, size: 39) == -28)
        #expect(context(.getHVMContext, size: 40) == 0)
        var records = ABIStructure(lab.memory.read(40, at: Lab.buffer) ?? [])
        var record = ABIStructure(size: 12)
        record.set(2 as UInt16, at: 0)
        record.set(4 as UInt32, at: 4)
        record.set(0xabcd as UInt32, at: 8)
        records = ABIStructure(Array(records.bytes[..<32]) + record.bytes + [UInt8](repeating: 0, count: 8))
        _ = lab.memory.write(records.bytes, at: Lab.buffer)
        #expect(context(.setHVMContext, size: 52) == 0)
        #expect(context(.setHVMContext, size: 44) == -1)
        #expect(context(.getHVMContext, size: 4_096) == 0)
        #expect(lab.memory.read(52, at: Lab.buffer) == records.bytes)
        let one = lab.domctl(.getPartialHVMContext, 1) { call in
            call.set(2 as UInt32, at: 16)
            call.set(4 as UInt64, at: 24)
            call.set(Lab.buffer, at: 32)
        }
        #expect(one == 0 && lab.memory.read(4, at: Lab.buffer) == [0xcd, 0xab, 0, 0])
    }

    @Test func policiesOfProcessorsAreFixedOnceADomainRuns() throws {
        let lab = try lab()
        let set: (inout ABIStructure) -> Void = { call in
            call.set(1 as UInt32, at: 16)
            call.set(Lab.buffer, at: 24)
        }
        #expect(lab.domctl(.setCPUPolicy, 1, set) == -17)
        lab.hypervisor.machine.withLock { $0.domains[1]?.control.hasRun = false }
        var leaf = ABIStructure(size: 24)
        leaf.set(1 as UInt32, at: 0)
        leaf.set(UInt32.max, at: 4)
        leaf.set(0x1234 as UInt32, at: 8)
        _ = lab.memory.write(leaf.bytes, at: Lab.buffer)
        #expect(lab.domctl(.setCPUPolicy, 1, set) == 0)
        #expect(
            lab.hypervisor.machine.withLock { $0.domains[1]?.control.policy.leaves.first { $0.leaf == 1 }?.a } == 0x1234)
        leaf.set(0x9000_0000 as UInt32, at: 0)
        _ = lab.memory.write(leaf.bytes, at: Lab.buffer)
        #expect(lab.domctl(.setCPUPolicy, 1, set) == -34)
        #expect(lab.answer(144).word32(at: 40) == 0x9000_0000)
        let get = lab.domctl(.getCPUPolicy, 1) { call in
            call.set(1 as UInt32, at: 16)
            call.set(Lab.buffer, at: 24)
        }
        #expect(get == -105)
    }

    @Test func logsHoldWhatWasWritten() throws {
        let lab = try lab()
        func log(_ operation: ShadowOperation) -> Int64 {
            lab.domctl(.shadowOperation, 1) { call in
                call.set(operation.rawValue, at: 16)
                call.set(Lab.buffer, at: 32)
                call.set(24 as UInt64, at: 40)
            }
        }
        try lab.givePages(1)
        lab.change(1) { $0.memory.noteWrite(3) }
        #expect(log(.enableLogDirty) == 0)
        #expect(log(.enableLogDirty) == -22)
        lab.change(1) { $0.memory.noteWrite(9) }
        #expect(log(.peek) == 0)
        #expect(lab.memory.read(3, at: Lab.buffer) == [0, 2, 0])
        #expect(log(.clean) == 0)
        #expect(lab.answer(144).word32(at: 52) == 1)
        #expect(log(.peek) == 0)
        #expect(lab.memory.read(3, at: Lab.buffer) == [0, 0, 0])
        #expect(lab.domctl(.shadowOperation, 0) { $0.set(12 as UInt32, at: 16) } == -22)
    }

    @Test func nodesAreChecked() throws {
        let lab = try lab()
        func set(nodes: UInt32, ranges: UInt32 = 1, processors: UInt32 = 1) -> Int64 {
            lab.domctl(.setVirtualNUMA, 1) { call in
                call.set(nodes, at: 16)
                call.set(ranges, at: 20)
                call.set(processors, at: 24)
                for place in [32, 40, 48, 56] { call.set(Lab.buffer, at: place) }
            }
        }
        _ = lab.memory.write([UInt8](repeating: 0, count: 4_096), at: Lab.buffer)
        #expect(set(nodes: 1) == 0)
        #expect(set(nodes: 0) == -22)
        #expect(set(nodes: 33) == -22)
        #expect(set(nodes: 1, processors: 2) == -22)
        #expect(set(nodes: 1, ranges: 171) == -22)
        _ = lab.memory.write([9], at: Lab.buffer)
        #expect(set(nodes: 1) == -7)
    }

    @Test func targetsAreDomainsInHardware() throws {
        let lab = try lab(isHVM: false)
        try lab.createDomain("stubdomain")
        let target: (inout ABIStructure) -> Void = { $0.set(1 as UInt16, at: 16) }
        #expect(lab.domctl(.setTarget, 2, target) == -95)
        #expect(lab.domctl(.setTarget, 1, target) == -22)
        #expect(lab.domctl(.setTarget, 2) { $0.set(9 as UInt16, at: 16) } == -3)
    }

    @Test func handlersAreForWhatTheMachineHasOneOf() throws {
        let lab = try lab()
        func handle(_ interrupt: UInt32) -> Int64 { lab.domctl(.setVirtualIRQHandler, 1) { $0.set(interrupt, at: 16) } }
        #expect(handle(3) == 0)
        #expect(handle(0) == -22)
        #expect(handle(24) == -22)
    }
}
