/// A sensitivity and the level that is declared for it.
public struct Sensitivity: Hashable, Sendable {
    public var name: Name
    public var level: MLSLevel

    public init(name: Name, level: MLSLevel) {
        self.name = name
        self.level = level
    }
}
