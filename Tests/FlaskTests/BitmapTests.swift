import Flask
import TestSupport
import Testing

@Suite("A bitmap holds a set of numbers as the policy image does")
struct BitmapTests {
    @Test("numbers come back in ascending order, however they went in")
    func order() {
        let numbers = [700, 3, 64, 63, 0, 65, 128, 3]
        let bitmap = Bitmap(numbers)
        #expect(Array(bitmap) == Set(numbers).sorted())
        #expect(bitmap.count == 7)
        #expect(bitmap.upperBound == 704)
        #expect(bitmap.words.map(\.start) == [0, 64, 128, 640])
    }

    @Test("set operations agree with Swift's own sets on random numbers", arguments: 1...20)
    func againstSet(seed: Int) {
        var generator = SplitMix64(seed: UInt64(seed))
        let a = Set((0..<100).map { _ in Int.random(in: 0..<1_000, using: &generator) })
        let b = Set((0..<40).map { _ in Int.random(in: 0..<1_000, using: &generator) })
        var union = Bitmap(a)
        union.formUnion(Bitmap(b))
        #expect(Array(union) == a.union(b).sorted())
        #expect(union.isSuperset(of: Bitmap(a)))
        #expect(Bitmap(a).isSuperset(of: Bitmap(b)) == a.isSuperset(of: b))
        #expect(Bitmap(a).intersects(Bitmap(b)) == !a.isDisjoint(with: b))
        var rest = Bitmap(a)
        for number in b { rest.remove(number) }
        #expect(rest == Bitmap(a.subtracting(b)))
    }

    @Test("words out of order, unaligned or empty are refused")
    func refusedWords() {
        #expect(Bitmap(words: [.init(start: 64, bits: 1), .init(start: 0, bits: 1)]) == nil)
        #expect(Bitmap(words: [.init(start: 32, bits: 1)]) == nil)
        #expect(Bitmap(words: [.init(start: 0, bits: 0)]) == nil)
    }
}
