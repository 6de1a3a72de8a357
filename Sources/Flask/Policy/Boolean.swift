/// A boolean and its value when the policy is loaded.
public struct Boolean: Hashable, Sendable {
    public var name: Name
    public var value: Bool

    public init(name: Name, value: Bool) {
        self.name = name
        self.value = value
    }
}
