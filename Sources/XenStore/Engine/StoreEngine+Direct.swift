extension StoreEngine {
    private static let control = Caller(domain: 0, birth: 0)

    private func path(_ text: String) throws(XenStoreError) -> StorePath {
        try StorePath(Array(text.utf8), home: StorePath.home(of: 0) + [StorePath.slash])
    }

    private func node(_ text: String) throws(XenStoreError) -> StoreNode {
        guard let node = try root.find(path(text)) else { throw .notFound }
        return node
    }

    /// What the embedder does with the store, as domain 0 would.
    func value(at path: String) throws(XenStoreError) -> [UInt8] { try node(path).value }

    func children(at path: String) throws(XenStoreError) -> [String] {
        var names: [String] = []
        try node(path).children.forEach { names.append(String(decoding: $0.name, as: UTF8.self)) }
        return names
    }

    func permissions(at path: String) throws(XenStoreError) -> NodePermissions {
        let node = try node(path)
        return node.permissions.keeping { domains.isCurrent($0, of: node.permissionsGeneration) }
    }

    func set(_ text: String, _ value: [UInt8], _ permissions: NodePermissions?) throws(XenStoreError) {
        guard value.count <= MessageHeader.maximumLength else { throw .tooBig }
        let path = try path(text)
        try perform(.write(path, value))
        if let permissions { try setPermissions(text, permissions) }
    }

    func setPermissions(_ text: String, _ permissions: NodePermissions) throws(XenStoreError) {
        let path = try path(text)
        guard root.find(path) != nil else { throw .notFound }
        for entry in permissions.entries { _ = domains.record(entry.domain, generation: generation) }
        try perform(.setPermissions(path, permissions))
    }

    func remove(_ text: String) throws(XenStoreError) {
        let path = try path(text)
        guard !path.isRoot else { throw .invalidArgument }
        try perform(.remove(path))
    }

    private func perform(_ edit: TreeEdit) throws(XenStoreError) {
        var editor = TreeEditor(root, generation: generation, caller: Self.control, quotas: quotas)
        guard let change = try editor.apply(edit) else { return }
        root = editor.root
        generation = editor.generation
        count(editor.ownedNodes)
        notify(change)
    }
}
