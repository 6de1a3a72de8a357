/// Watches by their paths. Who wants to know which watches a change concerns walks along its path, and meets no other.
final class WatchNode: Named {
    let name: [UInt8]
    private(set) var watches: [Watch] = []
    private(set) var children = NameTable<WatchNode>()

    init(_ name: [UInt8] = []) {
        self.name = name
    }

    private var isEmpty: Bool { watches.isEmpty && children.isEmpty }

    func add(_ watch: Watch, at path: StorePath) {
        var node = self
        var start = path.firstName
        while path.hasName(at: start) {
            let key = path.name(at: start)
            if let next = node.children.find(key, path.bytes) {
                node = next
            } else {
                let next = WatchNode(Array(path.bytes[key.range]))
                node.children = node.children.setting(next)
                node = next
            }
            start = key.range.upperBound + 1
        }
        node.watches.append(watch)
    }

    func remove(_ watch: Watch, at path: StorePath) { remove(watch, path, path.firstName) }

    private func remove(_ watch: Watch, _ path: StorePath, _ start: Int) {
        guard path.hasName(at: start) else {
            if let index = watches.firstIndex(where: { $0 === watch }) { watches.remove(at: index) }
            return
        }
        let key = path.name(at: start)
        guard let next = children.find(key, path.bytes) else { return }
        next.remove(watch, path, key.range.upperBound + 1)
        if next.isEmpty { children = children.removing(key, path.bytes) }
    }

    /// Calls a function with each watch on a path or above it, the root's first.
    func forEach(along path: StorePath, _ body: (Watch) -> Void) {
        var node = self
        var start = path.firstName
        node.watches.forEach(body)
        while path.hasName(at: start) {
            let key = path.name(at: start)
            guard let next = node.children.find(key, path.bytes) else { return }
            node = next
            node.watches.forEach(body)
            start = key.range.upperBound + 1
        }
    }

    /// The node of a path.
    func find(_ path: StorePath) -> WatchNode? {
        var node = self
        var start = path.firstName
        while path.hasName(at: start) {
            let key = path.name(at: start)
            guard let next = node.children.find(key, path.bytes) else { return nil }
            node = next
            start = key.range.upperBound + 1
        }
        return node
    }

    /// Calls a function with each watch below this one whose node is below a node of the store, with that one, the one above it
    /// and its path; the deepest come first.
    func forEach(below store: StoreNode, at path: [UInt8], _ body: (Watch, StoreNode, _ parent: StoreNode, [UInt8]) -> Void) {
        func visit(_ watched: WatchNode, _ child: StoreNode) {
            let childPath = (path.count == 1 ? path : path + [StorePath.slash]) + child.name
            watched.forEach(below: child, at: childPath, body)
            for watch in watched.watches { body(watch, child, store, childPath) }
        }
        // The smaller of both is walked.
        if children.count <= store.children.count {
            children.forEach { watched in
                if let child = store.children.find(NameKey(watched.name), watched.name) { visit(watched, child) }
            }
        } else {
            store.children.forEach { child in
                if let watched = children.find(NameKey(child.name), child.name) { visit(watched, child) }
            }
        }
    }
}
