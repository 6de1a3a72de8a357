/// A node of the store: a value, permissions, and children. It never changes once it is made; an edit makes another one, and
/// others along the path to it.
///
/// Three numbers tell when something of it was changed last: the store gives each number once, so that two nodes with equal
/// numbers at one path are equal in that respect.
final class StoreNode: Named, Sendable {
    /// Empty for the root.
    let name: [UInt8]
    let value: [UInt8]
    let permissions: NodePermissions
    let children: NameTable<StoreNode>
    /// When the value was set.
    let valueGeneration: UInt64
    /// When the permissions were set; also the node was made then or earlier.
    let permissionsGeneration: UInt64
    /// When a child was added or removed.
    let childrenGeneration: UInt64

    init(
        name: [UInt8], value: [UInt8], permissions: NodePermissions, children: NameTable<StoreNode> = NameTable(),
        valueGeneration: UInt64, permissionsGeneration: UInt64, childrenGeneration: UInt64
    ) {
        self.name = name
        self.value = value
        self.permissions = permissions
        self.children = children
        self.valueGeneration = valueGeneration
        self.permissionsGeneration = permissionsGeneration
        self.childrenGeneration = childrenGeneration
    }

    /// A node that is made now.
    convenience init(
        name: [UInt8], value: [UInt8], permissions: NodePermissions, children: NameTable<StoreNode> = NameTable(),
        generation: UInt64
    ) {
        self.init(
            name: name, value: value, permissions: permissions, children: children, valueGeneration: generation,
            permissionsGeneration: generation, childrenGeneration: generation)
    }

    /// The number of its latest change of any kind.
    var generation: UInt64 { max(valueGeneration, permissionsGeneration, childrenGeneration) }

    /// Its size as quotas count it: a header, permissions, value, names of children (Xen,
    /// tools/xenstore/xenstored_core.c: `write_node_raw`).
    var size: Int { 24 + 8 * permissions.count + value.count + children.nameBytes }

    func with(value: [UInt8], generation: UInt64) -> StoreNode {
        StoreNode(
            name: name, value: value, permissions: permissions, children: children, valueGeneration: generation,
            permissionsGeneration: permissionsGeneration, childrenGeneration: childrenGeneration)
    }

    func with(permissions: NodePermissions, generation: UInt64) -> StoreNode {
        StoreNode(
            name: name, value: value, permissions: permissions, children: children, valueGeneration: valueGeneration,
            permissionsGeneration: generation, childrenGeneration: childrenGeneration)
    }

    /// With a child exchanged for another of its name (no generation), or one more or less (now).
    func with(children: NameTable<StoreNode>, generation: UInt64? = nil) -> StoreNode {
        StoreNode(
            name: name, value: value, permissions: permissions, children: children, valueGeneration: valueGeneration,
            permissionsGeneration: permissionsGeneration, childrenGeneration: generation ?? childrenGeneration)
    }

    /// Calls a function with this node and all under it.
    func forEachBelow(_ body: (StoreNode) -> Void) {
        body(self)
        children.forEach { $0.forEachBelow(body) }
    }
}
