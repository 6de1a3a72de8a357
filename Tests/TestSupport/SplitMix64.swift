/// A generator whose sequence a seed decides, so that a failure can be repeated.
public struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    public init(seed: UInt64) {
        state = seed
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// A number below `bound`.
    public mutating func below(_ bound: Int) -> Int { bound <= 1 ? 0 : Int(next() % UInt64(bound)) }

    public mutating func percent(_ chance: Int) -> Bool { below(100) < chance }

    public mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    /// Between `minimum` and `maximum` of the elements, in random order; fewer if there are no more.
    public mutating func some<Element>(_ elements: [Element], _ minimum: Int, _ maximum: Int) -> [Element] {
        var rest = elements
        var result: [Element] = []
        for _ in 0..<min(elements.count, minimum + below(maximum - minimum + 1)) {
            result.append(rest.remove(at: below(rest.count)))
        }
        return result
    }
}
