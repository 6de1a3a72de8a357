/// Which range an object gets that a source makes.
public struct RangeTransition: Hashable, Sendable {
    public var source: UInt32
    public var target: UInt32
    public var objectClass: UInt32
    public var range: MLSRange

    public init(source: UInt32, target: UInt32, objectClass: UInt32, range: MLSRange) {
        self.source = source
        self.target = target
        self.objectClass = objectClass
        self.range = range
    }
}
