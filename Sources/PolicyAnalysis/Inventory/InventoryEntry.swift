public import Flask

/// One thing that a policy holds.
public struct InventoryEntry: Hashable, Sendable {
    /// What belongs to it, such as the types of an attribute.
    public struct Members: Hashable, Sendable {
        /// What they are, such as `types`.
        public let what: String
        public let names: [Name]

        init(_ what: String, _ names: [Name]) {
            self.what = what
            self.names = names
        }
    }

    /// Its name, or that of what it is about. Of a range of numbers the text between keyword and context.
    public let name: Name
    /// What it is in the policy language, as bytes; empty where the language has no statement of its own for it.
    public let text: [UInt8]
    public let members: [Members]

    init(_ name: Name, _ text: [UInt8], _ members: [Members] = []) {
        self.name = name
        self.text = text
        self.members = members
    }

    /// About how long it is when it is told.
    var length: Int { text.count + members.reduce(0) { $0 + $1.names.reduce(0) { $0 + $1.bytes.count + 1 } } }
}
