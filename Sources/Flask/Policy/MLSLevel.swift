/// A sensitivity with categories. Without MLS the sensitivity is 0 and there are none.
public struct MLSLevel: Hashable, Sendable {
    public var sensitivity: UInt32
    /// The categories, as indices.
    public var categories: Bitmap

    public init(sensitivity: UInt32 = 0, categories: Bitmap = []) {
        self.sensitivity = sensitivity
        self.categories = categories
    }

    /// Whether this level is at least as high and holds at least the same categories.
    public func dominates(_ other: MLSLevel) -> Bool {
        sensitivity >= other.sensitivity && categories.isSuperset(of: other.categories)
    }
}
