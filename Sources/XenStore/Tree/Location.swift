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
}
