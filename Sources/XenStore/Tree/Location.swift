/// What stands at a path of a tree, or how far one comes.
struct Location {
    /// The node, if it exists.
    let node: StoreNode?
    /// The last node that exists above the path; the root's own for the root.
    let parent: StoreNode
    /// Where the path of ``parent`` ends.
    let parentEnd: Int
    /// Where the path of the node ends, or of the first one that is missing.
    let end: Int
    /// Whether only the last name of the path is missing, or nothing.
    let hasParent: Bool

    /// Looks up a path.
    init(_ path: StorePath, in root: StoreNode) {
        var (node, parent) = (root, root)
        var (start, parentEnd) = (path.firstName, 1)
        var end = 1
        while path.hasName(at: start) {
            let key = path.name(at: start)
            parent = node
            parentEnd = end
            end = key.range.upperBound
            guard let next = node.children.find(key) else {
                (self.node, self.parent, self.parentEnd, self.end) = (nil, parent, parentEnd, end)
                hasParent = end == path.bytes.count
                return
            }
            node = next
            start = end + 1
        }
        (self.node, self.parent, self.parentEnd, self.end) = (node, parent, parentEnd, end)
        hasParent = true
    }
}

extension StoreNode {
    /// The node at a path under this one, which is the root.
    func find(_ path: StorePath) -> StoreNode? {
        var node = self
        var start = path.firstName
        while path.hasName(at: start) {
            let key = path.name(at: start)
            guard let next = node.children.find(key) else { return nil }
            node = next
            start = key.range.upperBound + 1
        }
        return node
    }
}
