/// A set of small numbers, kept as Xen's policy image keeps it: the 64-bit words that are not zero, in order.
///
/// Adding numbers in ascending order and asking for membership are cheap; the policy image is written from
/// `words` as they stand (Xen, xen/xsm/flask/ss/ebitmap.c: `ebitmap_read`).
public struct Bitmap: Hashable, Sendable {
    /// Sixty-four consecutive numbers, of which at least one is in the set.
    public struct Word: Hashable, Sendable {
        /// The first number of the word, a multiple of 64.
        public let start: UInt32
        public var bits: UInt64

        public init(start: UInt32, bits: UInt64) {
            self.start = start
            self.bits = bits
        }
    }

    /// Ordered by `start`, none of them zero.
    public private(set) var words: [Word] = []

    public init() {}

    /// The set of the given numbers, in any order.
    public init(_ numbers: some Sequence<Int>) {
        for number in numbers { insert(number) }
    }

    /// A set from words that are already in order; nil when they are not, or when one of them is empty.
    public init?(words: [Word]) {
        var next: UInt64 = 0
        for word in words {
            guard word.start % 64 == 0, UInt64(word.start) >= next, word.bits != 0 else { return nil }
            next = UInt64(word.start) + 64
        }
        self.words = words
    }

    public var isEmpty: Bool { words.isEmpty }

    /// How many numbers are in the set.
    public var count: Int {
        words.reduce(0) { $0 + $1.bits.nonzeroBitCount }
    }

    /// The first number behind the last word: what an image calls the high bit; 0 for the empty set.
    public var upperBound: UInt64 {
        words.last.map { UInt64($0.start) + 64 } ?? 0
    }

    public func contains(_ number: Int) -> Bool {
        guard let index = index(ofWordFor: number) else { return false }
        return words[index].bits & (1 << UInt64(number % 64)) != 0
    }

    public mutating func insert(_ number: Int) {
        let start = UInt32(number / 64 * 64)
        let bit: UInt64 = 1 << UInt64(number % 64)
        if let last = words.last, last.start < start {
            words.append(Word(start: start, bits: bit))
            return
        }
        let index = insertionIndex(for: start)
        if index < words.count, words[index].start == start {
            words[index].bits |= bit
        } else {
            words.insert(Word(start: start, bits: bit), at: index)
        }
    }

    /// Adds all numbers of a range.
    public mutating func insert(_ range: ClosedRange<Int>) {
        var other = Bitmap()
        for start in stride(from: range.lowerBound / 64 * 64, through: range.upperBound / 64 * 64, by: 64) {
            other.words.append(Word(start: UInt32(start), bits: Self.bits(of: range, from: start)))
        }
        formUnion(other)
    }

    /// The first number of a range that is not in the set.
    public func firstMissing(of range: ClosedRange<Int>) -> Int? {
        for start in stride(from: range.lowerBound / 64 * 64, through: range.upperBound / 64 * 64, by: 64) {
            let bits = index(ofWordFor: start).map { words[$0].bits } ?? 0
            let missing = Self.bits(of: range, from: start) & ~bits
            if missing != 0 { return start + missing.trailingZeroBitCount }
        }
        return nil
    }

    /// The bits of a range in the word that begins at `start`.
    private static func bits(of range: ClosedRange<Int>, from start: Int) -> UInt64 {
        let low = Swift.max(range.lowerBound - start, 0)
        let high = Swift.min(range.upperBound - start, 63)
        return (UInt64.max << UInt64(low)) & (UInt64.max >> UInt64(63 - high))
    }

    public mutating func remove(_ number: Int) {
        guard let index = index(ofWordFor: number) else { return }
        words[index].bits &= ~(1 << UInt64(number % 64))
        if words[index].bits == 0 { words.remove(at: index) }
    }

    public mutating func formUnion(_ other: Bitmap) {
        if other.words.isEmpty { return }
        if words.isEmpty {
            words = other.words
            return
        }
        var merged: [Word] = []
        merged.reserveCapacity(Swift.max(words.count, other.words.count))
        var i = 0
        var j = 0
        while i < words.count || j < other.words.count {
            if j == other.words.count || (i < words.count && words[i].start < other.words[j].start) {
                merged.append(words[i])
                i += 1
            } else if i == words.count || other.words[j].start < words[i].start {
                merged.append(other.words[j])
                j += 1
            } else {
                merged.append(Word(start: words[i].start, bits: words[i].bits | other.words[j].bits))
                i += 1
                j += 1
            }
        }
        words = merged
    }

    /// Whether every number of `other` is in this set.
    public func isSuperset(of other: Bitmap) -> Bool {
        var i = 0
        for word in other.words {
            while i < words.count, words[i].start < word.start { i += 1 }
            guard i < words.count, words[i].start == word.start, word.bits & ~words[i].bits == 0 else { return false }
        }
        return true
    }

    public func intersects(_ other: Bitmap) -> Bool {
        var i = 0
        for word in other.words {
            while i < words.count, words[i].start < word.start { i += 1 }
            if i < words.count, words[i].start == word.start, word.bits & words[i].bits != 0 { return true }
        }
        return false
    }

    private func insertionIndex(for start: UInt32) -> Int {
        var low = 0
        var high = words.count
        while low < high {
            let middle = (low + high) / 2
            if words[middle].start < start { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func index(ofWordFor number: Int) -> Int? {
        guard number >= 0, number <= Int(UInt32.max) else { return nil }
        let start = UInt32(number / 64 * 64)
        let index = insertionIndex(for: start)
        return index < words.count && words[index].start == start ? index : nil
    }
}

extension Bitmap: Sequence {
    /// The numbers of the set in ascending order.
    public struct Iterator: IteratorProtocol {
        private let words: [Word]
        private var index = 0
        private var rest: UInt64

        init(_ words: [Word]) {
            self.words = words
            rest = words.first?.bits ?? 0
        }

        public mutating func next() -> Int? {
            guard index < words.count else { return nil }
            let number = Int(words[index].start) + rest.trailingZeroBitCount
            rest &= rest - 1
            if rest == 0 {
                index += 1
                if index < words.count { rest = words[index].bits }
            }
            return number
        }
    }

    public func makeIterator() -> Iterator { Iterator(words) }
}

extension Bitmap: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: Int...) {
        self.init(elements)
    }
}
