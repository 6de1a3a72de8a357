/// Edits a tree for a caller, and keeps account of it. Nothing of the tree it begins with is changed.
struct TreeEditor {
    private(set) var root: StoreNode
    /// The last number that was given to a change.
    private(set) var generation: UInt64
    let caller: Caller
    let quotas: XenStoreQuotas
    /// The node that the last edit was about, as it is now.
    private var edited: StoreNode?
    /// By how much the number of nodes that domains own has changed.
    private(set) var ownedNodes: [UInt16: Int] = [:]

    init(_ root: StoreNode, generation: UInt64, caller: Caller, quotas: XenStoreQuotas) {
        self.root = root
        self.generation = generation
        self.caller = caller
        self.quotas = quotas
    }

    /// Does an edit that the caller is allowed to do; nil when there is nothing to do. Throws ``XenStoreError/noSpace`` when a
    /// node grows too large.
    mutating func apply(_ edit: TreeEdit) throws(XenStoreError) -> TreeChange? {
        let path = edit.path
        edited = nil
        let place = Location(path, in: root)
        switch edit {
        case .write(_, let value): root = try setting(root, path, path.firstName, value)
        case .make:
            if place.node != nil { return nil }
            root = try setting(root, path, path.firstName, nil)
        case .remove:
            guard let node = place.node, !path.isRoot else { return nil }
            node.forEachBelow { count($0, -1) }
            root = removing(root, path, path.firstName)
        case .setPermissions(_, let permissions):
            guard let node = place.node else { return nil }
            count(node, -1)
            root = try changing(root, path, path.firstName, permissions)
            ownedNodes[permissions.owner, default: 0] += 1
        }
        return TreeChange(path: path, old: place.node, new: edited, parent: place.parent)
    }

    private mutating func count(_ node: StoreNode, _ number: Int) { ownedNodes[node.permissions.owner, default: 0] += number }

    private mutating func next() -> UInt64 {
        generation += 1
        return generation
    }

    /// Notes that an edit was about a node.
    private mutating func edited(_ node: StoreNode) -> StoreNode {
        edited = node
        return node
    }

    private func checked(_ node: StoreNode) throws(XenStoreError) -> StoreNode {
        guard caller.isPrivileged || node.size < quotas.nodeSize else { throw .noSpace }
        return node
    }

    /// A node under which a value is set, or a node made.
    private mutating func setting(
        _ node: StoreNode, _ path: StorePath, _ start: Int, _ value: [UInt8]?
    ) throws(XenStoreError) -> StoreNode {
        guard path.hasName(at: start) else {
            guard let value else { return node }
            return try edited(checked(node.with(value: value, generation: next())))
        }
        let key = path.name(at: start)
        if let child = node.children.find(key, path.bytes) {
            let changed = try setting(child, path, key.range.upperBound + 1, value)
            return node.with(children: node.children.setting(changed))
        }
        let child = try making(key, path, under: node.permissions, value)
        return try checked(node.with(children: node.children.setting(child), generation: next()))
    }

    /// A new node with what is missing below it. It has the permissions of the one above; what a domain makes is its own
    /// (Xen, tools/xenstore/xenstored_core.c: `construct_node`).
    private mutating func making(
        _ key: NameKey, _ path: StorePath, under parent: NodePermissions, _ value: [UInt8]?
    ) throws(XenStoreError) -> StoreNode {
        let permissions = caller.isPrivileged ? parent : parent.owned(by: caller.domain)
        let name = Array(path.bytes[key.range])
        let below = key.range.upperBound + 1
        let node: StoreNode
        if path.hasName(at: below) {
            let child = try making(path.name(at: below), path, under: permissions, value)
            node = StoreNode(
                name: name, value: [], permissions: permissions, children: NameTable(child), generation: next())
        } else {
            let made = StoreNode(name: name, value: value ?? [], permissions: permissions, generation: next())
            node = edited(made)
        }
        count(node, 1)
        return try checked(node)
    }

    private mutating func removing(_ node: StoreNode, _ path: StorePath, _ start: Int) -> StoreNode {
        let key = path.name(at: start)
        let below = key.range.upperBound + 1
        guard path.hasName(at: below) else {
            return node.with(children: node.children.removing(key, path.bytes), generation: next())
        }
        guard let child = node.children.find(key, path.bytes) else { return node }
        return node.with(children: node.children.setting(removing(child, path, below)))
    }

    private mutating func changing(
        _ node: StoreNode, _ path: StorePath, _ start: Int, _ permissions: NodePermissions
    ) throws(XenStoreError) -> StoreNode {
        guard path.hasName(at: start) else {
            return try edited(checked(node.with(permissions: permissions, generation: next())))
        }
        let key = path.name(at: start)
        guard let child = node.children.find(key, path.bytes) else { return node }
        let changed = try changing(child, path, key.range.upperBound + 1, permissions)
        return node.with(children: node.children.setting(changed))
    }
}
