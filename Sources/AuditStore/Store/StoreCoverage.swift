/// How much of what a store keeps an answer is of. A server's may stand on several machines, of which some do not answer.
public struct StoreCoverage: Hashable, Sendable {
    /// Of how many parts it consists.
    public var parts: Int
    /// How many of them did not answer.
    public var missing: Int

    public static let whole = StoreCoverage(parts: 1, missing: 0)

    public init(parts: Int, missing: Int) {
        self.parts = parts
        self.missing = missing
    }

    /// Whether counts may be too small, and records lacking.
    public var isPartial: Bool { missing > 0 }
}
