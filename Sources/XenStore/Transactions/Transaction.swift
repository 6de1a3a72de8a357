/// A transaction that is open: a tree of its own, which shares all that it did not change, and what its answers depended on.
///
/// Beginning one costs nothing that grows with the store. Its requests see the store as it was when it began, and what the
/// transaction itself changed.
///
/// Committed transactions are serialisable, in the order of their commits. Everything that an answer of the transaction
/// depended on is kept as a path and the respects in which it was looked at: a value, permissions, the names of children,
/// whether something was there. When all of it is at the commit as it was at the beginning, then all requests would have been
/// answered at the commit as they were, so the transaction is as good as done at that moment: its edits are done again on the
/// tree of that moment. If something of it has changed, the answer is `EAGAIN`. Two transactions that set one value without
/// reading it do not conflict, nor do two that make different children of one node. A transaction that changed nothing is as
/// good as done when it began, and never conflicts. How much of a quota is left is no answer: it is looked at when a request
/// comes, and again at the commit.
final class Transaction {
    let number: UInt32
    /// The tree and the last number when it began.
    let base: StoreNode
    let start: UInt64
    /// The tree as its requests see it.
    var root: StoreNode
    private(set) var reads: [[UInt8]: ReadAspects] = [:]
    /// What it changed, in order.
    private(set) var edits: [TreeEdit] = []
    private(set) var changes: [TreeChange] = []
    private(set) var ownedNodes: [UInt16: Int] = [:]
    /// A limit was exceeded, so that it can no longer be committed.
    var hasFailed = false
    var requests = 0
    /// What its domain's account holds of the bytes that it takes, roughly.
    private(set) var counted = 0
    private var uncounted = 0

    init(_ number: UInt32, base: StoreNode, generation: UInt64) {
        self.number = number
        self.base = base
        root = base
        start = generation
    }

    private func grow(by number: Int) { uncounted += number }

    /// What has come since the last time.
    func takeUncounted() -> Int {
        defer { uncounted = 0 }
        counted += uncounted
        return uncounted
    }

    private func record(_ path: [UInt8], _ aspects: ReadAspects) {
        let old = reads.updateValue(aspects, forKey: path)
        if let old {
            if !old.isSubset(of: aspects) { reads[path] = old.union(aspects) }
        } else {
            grow(by: path.count + 64)
        }
    }

    /// Keeps what an answer depended on: respects of a node, or that nothing is at a path, and then who may know so by the
    /// permissions above it. What the transaction set itself depends on nobody else.
    func record(_ path: StorePath, _ place: Location, _ aspects: ReadAspects, by caller: Caller) {
        guard let node = place.node else {
            record(path.prefix(upTo: place.end), .existence)
            if !caller.isPrivileged { recordInheritance(path, place) }
            return
        }
        var aspects = aspects
        if !caller.isPrivileged { aspects.insert(.permissions) }
        if node.valueGeneration > start { aspects.remove(.value) }
        if node.permissionsGeneration > start { aspects.remove(.permissions) }
        record(path.bytes, aspects.union(.existence))
    }

    /// Keeps that something depended on the permissions above a path at which nothing is.
    func recordInheritance(_ path: StorePath, _ place: Location) {
        record(path.prefix(upTo: place.parentEnd), .permissions)
    }

    /// Keeps that an answer depended on there being a node above a path at which nothing is.
    func recordParent(_ path: StorePath, _ place: Location) {
        record(path.prefix(upTo: place.parentEnd), .existence)
    }

    /// Keeps what an edit changed.
    func record(_ edit: TreeEdit, _ change: TreeChange, _ editor: TreeEditor) {
        root = editor.root
        edits.append(edit)
        changes.append(change)
        // What was there before is kept with it.
        grow(by: edit.bytes + 1_024)
        for (domain, number) in editor.ownedNodes { ownedNodes[domain, default: 0] += number }
    }

    /// Whether everything that it read is in another tree as it was in the one that it began with.
    func isCurrent(in tree: StoreNode) -> Bool {
        if tree === base { return true }
        return reads.allSatisfy { path, aspects in
            base.isEqual(to: tree, at: path, aspects)
        }
    }
}
