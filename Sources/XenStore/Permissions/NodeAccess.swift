/// What a caller may do with a node.
struct NodeAccess: OptionSet {
    let rawValue: UInt8

    static let read = NodeAccess(rawValue: 1)
    static let write = NodeAccess(rawValue: 2)
    /// To change permissions.
    static let own = NodeAccess(rawValue: 4)
    static let all: NodeAccess = [.read, .write, .own]
}
