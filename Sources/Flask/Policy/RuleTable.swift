/// Rules in the order in which an image with the same keys would keep them.
public struct RuleTable: Hashable, Sendable {
    public var rules: [Rule] = []
    public var extendedPermissions: [ExtendedPermissions] = []

    public init() {}
}
