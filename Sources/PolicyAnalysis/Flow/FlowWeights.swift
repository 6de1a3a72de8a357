/// How much information a permission carries each way: 1 to 10, or 0 for none.
public struct FlowWeights: Hashable, Sendable {
    /// From the target of an access to its source.
    public var read: UInt8
    /// From the source of an access to its target.
    public var write: UInt8

    public init(read: UInt8 = 0, write: UInt8 = 0) {
        self.read = read
        self.write = write
    }

    /// What a weight may be.
    public static let range: ClosedRange<UInt8> = 1...10
}
