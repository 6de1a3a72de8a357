import Flask

/// The numbers that are in two sets, in order, found one by one: who wants the first does not pay for the rest.
struct CommonMembers {
    private let first: [Bitmap.Word]
    private let second: [Bitmap.Word]
    private var places = (first: 0, second: 0)
    /// What is left of the word that both have.
    private var start = 0
    private var rest: UInt64 = 0

    init(_ first: Bitmap, _ second: Bitmap) {
        self.first = first.words
        self.second = second.words
    }

    /// The next one. Each word that is looked at is a step, and so is each number; nil also when there are no more steps, which then are
    /// fewer than none.
    mutating func next(_ steps: inout Int) -> Int? {
        while rest == 0 {
            guard places.first < first.count, places.second < second.count else { return nil }
            steps -= 1
            guard steps >= 0 else { return nil }
            let (one, other) = (first[places.first], second[places.second])
            if one.start == other.start {
                start = Int(one.start)
                rest = one.bits & other.bits
            }
            if one.start <= other.start { places.first += 1 }
            if other.start <= one.start { places.second += 1 }
        }
        steps -= 1
        guard steps >= 0 else { return nil }
        let number = start + rest.trailingZeroBitCount
        rest &= rest - 1
        return number
    }
}
