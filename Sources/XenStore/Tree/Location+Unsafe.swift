// SAFETY: all nodes on the way down are kept by the root, which the caller keeps for the length of the call and which never
// changes; those that are given back are retained before.

extension Location {
    /// Looks up a path. References on the way are not counted: that took longer than all the rest.
    init(_ path: StorePath, in root: StoreNode) {
        let bytes = path.bytes
        var node: Unmanaged<StoreNode> = unsafe .passUnretained(root)
        var parent: Unmanaged<StoreNode> = unsafe node
        var (start, parentEnd, end) = (path.firstName, 1, 1)
        while start < bytes.count {
            let key = path.name(at: start)
            unsafe parent = node
            parentEnd = end
            end = key.range.upperBound
            let next = unsafe node._withUnsafeGuaranteedRef { node in unsafe node.children.root?.find(key, bytes) }
            guard let next = unsafe next else {
                self.node = nil
                self.parent = unsafe parent.takeUnretainedValue()
                (self.parentEnd, self.end, hasParent) = (parentEnd, end, end == bytes.count)
                return
            }
            unsafe node = next
            start = end + 1
        }
        self.node = unsafe node.takeUnretainedValue()
        self.parent = unsafe parent.takeUnretainedValue()
        (self.parentEnd, self.end, hasParent) = (parentEnd, end, true)
    }
}

extension StoreNode {
    /// Whether what stands at a path under this one, which is the root, is in some respects what stands there under another
    /// root. Where both trees are one, no more is looked at.
    func isEqual(to other: StoreNode, at bytes: [UInt8], _ aspects: ReadAspects) -> Bool {
        let path = StorePath(checked: bytes)
        var (one, two): (Unmanaged<StoreNode>, Unmanaged<StoreNode>) = unsafe (.passUnretained(self), .passUnretained(other))
        var start = path.firstName
        while unsafe one.toOpaque() != two.toOpaque() {
            guard start < bytes.count else {
                return unsafe aspects.areEqual(one.takeUnretainedValue(), two.takeUnretainedValue())
            }
            let key = path.name(at: start)
            let nextOne = unsafe one._withUnsafeGuaranteedRef { node in unsafe node.children.root?.find(key, bytes) }
            let nextTwo = unsafe two._withUnsafeGuaranteedRef { node in unsafe node.children.root?.find(key, bytes) }
            guard let nextOne = unsafe nextOne, let nextTwo = unsafe nextTwo else {
                return find(path) == nil && other.find(path) == nil
            }
            unsafe (one, two) = (nextOne, nextTwo)
            start = key.range.upperBound + 1
        }
        return true
    }

    /// The node at a path under this one, which is the root.
    func find(_ path: StorePath) -> StoreNode? {
        let bytes = path.bytes
        var node: Unmanaged<StoreNode> = unsafe .passUnretained(self)
        var start = path.firstName
        while start < bytes.count {
            let key = path.name(at: start)
            let next = unsafe node._withUnsafeGuaranteedRef { node in unsafe node.children.root?.find(key, bytes) }
            guard let next = unsafe next else { return nil }
            unsafe node = next
            start = key.range.upperBound + 1
        }
        return unsafe node.takeUnretainedValue()
    }
}
