import Flask
import Synchronization
import TestSupport
import Testing

@testable import Hypervisor

/// Whatever the structures hold: nothing traps, and pages are counted rightly afterwards.
@Suite struct HostileMemoryTests {
    private static let numbers: [UInt64] = [0, 1, 2, 3, 5, 9, 40, 63, 64, 511, 1 << 20, 1 << 32, 1 << 36, 1 << 40, 1 << 62, .max - 1, .max]

    private static func fill(_ lab: Lab, _ random: inout SplitMix64) {
        var bytes = ABIStructure(size: 96)
        for word in 0..<12 {
            switch random.below(5) {
            case 0: bytes.set(random.next(), at: word * 8)
            case 1: bytes.set(random.pick(numbers), at: word * 8)
            case 2: bytes.set(Lab.buffer + UInt64(random.below(64)) * 8, at: word * 8)
            case 3: bytes.set(UInt64(random.below(4)) | UInt64(random.below(70)) << 32, at: word * 8)
            default: bytes.set(UInt64(random.pick([0, 1, 2, 0x7ff0, 0x7ff1, 0x7ff2])), at: word * 8)
            }
        }
        // Domains stand where structures have them more often than not.
        if random.percent(60) { bytes.set(UInt16(random.pick([1, 2, 0x7ff0])), at: random.pick([0, 2, 4, 8, 16, 24, 32])) }
        _ = lab.memory.write(bytes.bytes, at: Lab.argument)
        for index in 0..<64 where random.percent(20) {
            lab.putNumbers([random.percent(70) ? UInt64(random.below(100)) : random.pick(numbers)], at: Lab.buffer + UInt64(index) * 8)
        }
    }

    @Test func structuresOfAllKinds() throws {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        let lab = try Lab(nil, { $0.memoryPages = 1 << 18 + 4_096 })
        try lab.createDomainWithMemory(pages: 64)
        try lab.createDomainWithMemory("other", isHVM: false, pages: 16)
        lab.change(0) { $0.maximumPages += 64 }
        try lab.monitor(1, frame: 60)
        lab.change(1) { state in
            state.hvm[.alternateViews] = 1
        }
        var done = 0
        for round in 0..<2_500 {
            Self.fill(lab, &random)
            let caller = UInt16(random.pick([0, 0, 1, 2]))
            let argument = random.percent(95) ? Lab.argument : random.pick(Self.numbers)
            let count = UInt64(random.percent(90) ? random.below(4) : Int(UInt32.max))
            var result: Int64 = -1
            switch random.below(8) {
            case 0, 1, 2:
                let start = random.percent(90) ? 0 : random.next()
                result = lab.call(.memoryOperation, [UInt64(random.below(30)) | start << 6, argument], as: caller)
            case 3: result = lab.call(.grantTable, [UInt64(random.below(14)), argument, count], as: caller)
            case 4: result = lab.call(.hvm, [UInt64(random.pick([0, 1, 5, 9, 11, 15, 23, 24, 25, 25, 25])), argument], as: caller)
            case 5: result = lab.call(.mmuUpdate, [argument, count & 3, Lab.buffer, UInt64(random.pick([0x7ff0, 1, 2, 3 << 16 | 2]))], as: caller)
            case 6: result = lab.call(.extendedMMU, [argument, count & 3, 0, UInt64(random.pick([0x7ff0, 1, 2]))], as: caller)
            default:
                lab.grant(UInt32(random.below(20)), of: random.pick([1, 2]), to: random.pick([0, 1, 2]), frame: UInt64(random.below(80)),
                    flags: UInt16(random.below(8)))
                _ = lab.mapGrant(UInt32(random.below(20)), of: random.pick([1, 2]), at: UInt64(random.below(90)) * 4_096, as: caller)
            }
            if result >= 0 { done += 1 }
            if round % 100 == 0 { try #require(lab.violations == [], "seed \(seed), round \(round)") }
        }
        #expect(lab.violations == [])
        // Much of it is refused; what is not is what can be wrong.
        #expect(done > 250)
        for domain in [1, 2] as [UInt16] { _ = lab.domctl(.destroyDomain, domain) }
        #expect(lab.violations == [])
        #expect(lab.hypervisor.machine.withLock { $0.domains.count } == 1)
    }
}
