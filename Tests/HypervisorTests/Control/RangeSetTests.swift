import Flask
import TestSupport
import Testing

@testable import Hypervisor

/// Ranges are what sets of their numbers would be.
@Suite struct RangeSetTests {
    @Test func isASet() throws {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        var ranges = RangeSet()
        var numbers: Set<UInt64> = []
        for _ in 0..<2_000 {
            let low = random.next() % 64
            let range = low...min(63, low + random.next() % 8)
            if random.percent(50) {
                try ranges.insert(range)
                numbers.formUnion(range)
            } else {
                try ranges.remove(range)
                numbers.subtract(range)
            }
            #expect(ranges.isSorted, "seed \(seed)")
            #expect((0..<64).allSatisfy { ranges.contains($0) == numbers.contains($0) }, "seed \(seed)")
            let asked = low...min(63, low + random.next() % 16)
            #expect(ranges.contains(asked) == asked.allSatisfy(numbers.contains), "seed \(seed)")
        }
    }

    @Test func hasNoEnd() throws {
        var ranges = RangeSet(0...UInt64.max)
        try ranges.remove(0...0)
        try ranges.remove(UInt64.max...UInt64.max)
        #expect(ranges.ranges == [1...UInt64.max - 1])
        try ranges.insert(UInt64.max...UInt64.max)
        try ranges.insert(0...UInt64.max)
        #expect(ranges.ranges == [0...UInt64.max])
    }

    @Test func doesNotGrowWithoutEnd() throws {
        var ranges = RangeSet()
        for number in 0..<UInt64(RangeSet.limit) { try ranges.insert(number * 2...number * 2) }
        #expect(throws: XenErrorNumber.outOfMemory) { try ranges.insert(1 << 40...1 << 40) }
        try ranges.insert(1...1)
        #expect(ranges.ranges.count == RangeSet.limit - 1)
    }
}
