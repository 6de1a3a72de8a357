import TestSupport
import Testing

@testable import XenStore

@Suite("Tables of names")
struct NameTableTests {
    private final class Item: Named {
        let name: [UInt8]
        let number: Int

        init(name: [UInt8], number: Int) {
            self.name = name
            self.number = number
        }
    }

    @Test("a table holds what a dictionary holds, in order, and earlier ones stay as they were")
    func random() {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        var table = NameTable<Item>()
        var expected: [[UInt8]: Int] = [:]
        var earlier: [(NameTable<Item>, [[UInt8]: Int])] = []
        func name() -> [UInt8] {
            let beginning = random.percent(50) ? "same-beginning-" : ""
            return Array((beginning + String(random.below(900), radix: 7)).utf8.suffix(random.pick([3, 8, 9, 20])))
        }
        func check(_ table: NameTable<Item>, _ expected: [[UInt8]: Int]) {
            var items: [Item] = []
            table.forEach { items.append($0) }
            let sorted = expected.sorted { $0.key.lexicographicallyPrecedes($1.key) }
            #expect(items.map(\.name) == sorted.map(\.key) && items.map(\.number) == sorted.map(\.value), "seed \(seed)")
            #expect(table.count == expected.count && table.isEmpty == expected.isEmpty)
            #expect(table.nameBytes == expected.keys.reduce(0) { $0 + $1.count + 1 })
        }
        for round in 0..<10_000 {
            let name = name()
            // At times it grows, at times it shrinks.
            if random.percent(round / 2_000 % 2 == 0 ? 70 : 30) {
                table = table.setting(Item(name: name, number: round))
                expected[name] = round
            } else {
                table = table.removing(NameKey(name), name)
                expected[name] = nil
            }
            let other = self.name(&random)
            #expect(table.find(NameKey(other), other)?.number == expected[other], "seed \(seed)")
            if round % 1_000 == 0 { earlier.append((table, expected)) }
        }
        for (table, expected) in earlier { check(table, expected) }
        for name in expected.keys.shuffled(using: &random) { table = table.removing(NameKey(name), name) }
        check(table, [:])
    }

    private func name(_ random: inout SplitMix64) -> [UInt8] {
        Array((random.percent(50) ? "same-beginning-" : "" + String(random.below(900), radix: 7)).utf8)
    }
}
