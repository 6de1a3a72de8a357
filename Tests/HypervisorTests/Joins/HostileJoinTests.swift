import Flask
import TestSupport
import Testing

@testable import Hypervisor

/// Operations of all areas upon the same few frames, in any order: what is kept stays sound.
@Suite struct HostileJoinTests {
    @Test(arguments: RandomTest.numbers(4)) func operationsUponTheSameFrames(_ seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        let lab = try Lab(Lab.policy(), ArgoCases.configure)
        try lab.createDomain(processors: 2)
        try lab.createDomain("other")
        for domain: UInt16 in 1...2 {
            try lab.givePages(domain, 16)
            #expect(lab.domctl(.maximumMemory, domain, as: 0) { $0.set(64 * 4 as UInt64, at: 16) } == 0)
        }
        lab.change(1) { $0.configuration.emulatedDevices = 1 << 9 }
        _ = lab.hvmParameter(.setParameter, 1, 32, 4)
        _ = lab.hvmParameter(.setParameter, 1, 33, 4)
        _ = lab.hvmParameter(.setParameter, 1, 0, 2 << 56, as: 1)
        var handles: [(UInt32, UInt64)] = []
        for round in 0..<1_500 {
            let frame = UInt64(random.below(18))
            step(lab, &random, frame, &handles)
            if round % 50 == 0 { try #require(lab.violations == [], "seed \(seed), round \(round)") }
        }
        #expect(lab.violations == [], "seed \(seed)")
        #expect(lab.domctl(.destroyDomain, 1) == 0)
        #expect(lab.violations == [], "seed \(seed)")
        #expect(lab.domctl(.destroyDomain, 2) == 0)
        #expect(lab.violations == [], "seed \(seed)")
    }

    private func step(_ lab: Lab, _ random: inout SplitMix64, _ frame: UInt64, _ handles: inout [(UInt32, UInt64)]) {
        let (other, server) = (UInt64(random.below(18)), Int64(random.below(3)))
        switch random.below(20) {
        case 0, 1:
            let type = UInt16(random.pick([0, 1, 2, 4]))
            _ = lab.dm(.setMemoryType) { call in
                call.set(1 as UInt32, at: 0)
                call.set(type, at: 4)
                call.set(frame, at: 8)
            }
        case 2, 3:
            _ = lab.dm(.relocateMemory) { call in
                call.set(1 as UInt32, at: 0)
                call.set(frame, at: 8)
                call.set(other, at: 16)
            }
        case 4, 5: _ = lab.reservation(.populatePhysmap, 1, [frame])
        case 6: _ = lab.reservation(.decreaseReservation, 1, [frame])
        case 7:
            lab.grant(UInt32(frame), of: 1, to: 2, frame: other)
            if case .success(let handle) = lab.mapGrant(UInt32(frame), of: 1, at: (frame + 20) << 12, as: 2) {
                handles.append((handle, (frame + 20) << 12))
            }
            // The other way: what is mapped lies among the frames that all this is about.
            lab.grant(UInt32(frame), of: 2, to: 1, frame: other % 16)
            if case .success(let handle) = lab.mapGrant(UInt32(frame), of: 2, at: other << 12, as: 1) {
                _ = random.percent(90) ? lab.unmapGrant(handle, host: other << 12, as: 1) : 0
            }
        case 8:
            guard !handles.isEmpty else { return }
            let (handle, address) = handles.removeLast()
            _ = lab.unmapGrant(handle, host: address, as: 2)
        case 9: _ = lab.createServer(buffering: UInt8(random.below(3)))
        case 10: _ = lab.dm(.getServerInfo) { $0.set(UInt16(server), at: 0) }
        case 11: _ = lab.setServer(server, enabled: random.percent(50))
        case 12: _ = lab.dm(.destroyServer) { $0.set(UInt16(server), at: 0) }
        case 13:
            let mapped = random.percent(60) ? 2 : 0 as UInt32
            _ = lab.dm(.mapMemoryType) { call in
                call.set(UInt16(server), at: 0)
                call.set(4 as UInt16, at: 2)
                call.set(mapped, at: 4)
            }
        case 14:
            lab.putNumbers([frame, UInt64(random.below(500) * 8)], at: Lab.argument)
            let command = UInt64(VirtualProcessorCommand.registerInfo.rawValue)
            _ = lab.call(.virtualProcessor, [command, UInt64(random.below(2)), Lab.argument], as: 1)
        case 15:
            let processor = UInt32(random.below(2))
            _ = lab.event(.initializeControl, as: 1) { call in
                call.set(frame, at: 0)
                call.set(processor, at: 12)
            }
            _ = lab.event(.expandArray, as: 1) { $0.set(other, at: 0) }
        case 16:
            _ = lab.registerRing(port: UInt32(random.below(2)), partner: 2, length: 4_096, frame: frame, as: 1)
            _ = lab.sendMessage("hello", toPort: 0, of: 1, as: 2)
            if random.percent(30) { _ = lab.unregisterRing(port: 0, partner: 2, as: 1) }
        case 17:
            let operation: ShadowOperation = random.percent(50) ? .enableLogDirty : .off
            _ = lab.domctl(.shadowOperation, 1) { $0.set(operation.rawValue, at: 16) }
        case 18:
            var call = ABIStructure(size: 24)
            call.set(1 as UInt16, at: 0)
            call.set(random.percent(50) ? MapSpace.sharedInfo.rawValue : MapSpace.grantTable.rawValue, at: 4)
            call.set(frame, at: 16)
            _ = lab.memoryOp(.addToPhysmap, call)
        default:
            if random.percent(50) { _ = try? lab.monitor(1, frame: max(frame, 1)) }
            let operation = UInt32(random.below(3))
            _ = lab.domctl(.eventMonitor, 1) { call in
                call.set(operation, at: 16)
                call.set(2 as UInt32, at: 20)
            }
            guard random.percent(30) else { return }
            lab.change(1) { $0.shutdownCode = $0.shutdownCode ?? 5 }
            _ = lab.domctl(.pauseDomain, 1)
            _ = lab.domctl(.softReset, 1)
            _ = lab.domctl(.unpauseDomain, 1)
        }
    }
}
