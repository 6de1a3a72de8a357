extension SavedStore {
    /// The store as bytes.
    func bytes() -> [UInt8] {
        var body: [UInt8] = []
        for event in SpecialEvent.allCases { append(special[event] ?? NodePermissions(owner: 0), to: &body) }
        append(root, to: &body)
        var result = Self.magic
        result.append(littleEndian: Self.version)
        result.append(littleEndian: CRC32.checksum(body[...]))
        result.append(littleEndian: UInt64(body.count))
        return result + body
    }

    private func append(_ permissions: NodePermissions, to bytes: inout [UInt8]) {
        let entries = permissions.entries.prefix(Self.maximumPermissions)
        bytes.append(littleEndian: UInt16(entries.count))
        for entry in entries {
            bytes.append(littleEndian: entry.domain)
            bytes.append(entry.access.rawValue)
        }
    }

    private func append(_ node: StoreNode, to bytes: inout [UInt8]) {
        bytes.append(littleEndian: UInt16(node.name.count))
        bytes += node.name
        append(
            node.permissions.keeping { births[$0.domain].map { $0 <= node.permissionsGeneration } ?? false }, to: &bytes)
        bytes.append(littleEndian: UInt32(node.value.count))
        bytes += node.value
        bytes.append(littleEndian: UInt32(node.children.count))
        node.children.forEach { append($0, to: &bytes) }
    }
}
