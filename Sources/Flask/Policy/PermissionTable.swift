/// Permissions by name and bit: a common, or the part of a class that is its own.
public struct PermissionTable: Hashable, Sendable {
    public struct Permission: Hashable, Sendable {
        public let name: Name
        /// The permission's number, counted from 1: bit number − 1 of an access vector.
        public let number: UInt32

        public init(name: Name, number: UInt32) {
            self.name = name
            self.number = number
        }
    }

    public var name: Name
    public var permissions: [Permission]

    public init(name: Name, permissions: [Permission] = []) {
        self.name = name
        self.permissions = permissions
    }
}
