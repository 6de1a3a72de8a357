/// What an edit did to a node, for those who watch it.
struct TreeChange {
    let path: StorePath
    /// The node before; nil when it was made.
    let old: StoreNode?
    /// The node afterwards; nil when it was removed with all under it.
    let new: StoreNode?
    /// The last node that stood above it.
    let parent: StoreNode
}
