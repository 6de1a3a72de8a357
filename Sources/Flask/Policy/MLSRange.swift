/// A clearance: from a low to a high level.
public struct MLSRange: Hashable, Sendable {
    public var low: MLSLevel
    public var high: MLSLevel

    public init(low: MLSLevel = MLSLevel(), high: MLSLevel = MLSLevel()) {
        self.low = low
        self.high = high
    }

    /// Whether `other` lies within this range.
    public func contains(_ other: MLSRange) -> Bool {
        other.low.dominates(low) && high.dominates(other.high)
    }
}
