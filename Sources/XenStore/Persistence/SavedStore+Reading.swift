extension SavedStore {
    /// Reads a store from any bytes.
    init(_ bytes: [UInt8]) throws(SavedStoreError) {
        var reader = SavedStoreReader(bytes)
        guard bytes.count >= Self.headerSize, bytes.starts(with: Self.magic) else { throw .notAStore }
        reader.offset = Self.magic.count
        let version: UInt32 = try reader.number()
        guard version == Self.version else { throw .unknownVersion(version) }
        let checksum: UInt32 = try reader.number()
        let size: UInt64 = try reader.number()
        guard size == UInt64(bytes.count - Self.headerSize) else { throw .wrongSize }
        guard CRC32.checksum(bytes[Self.headerSize...]) == checksum else { throw .wrongChecksum }
        for event in SpecialEvent.allCases { special[event] = try reader.permissions() }
        root = try reader.node(depth: 0, pathSize: 0)
        guard reader.offset == bytes.count else { throw .malformed(offset: reader.offset) }
    }
}

/// Takes a saved store apart, with bounds on everything.
private struct SavedStoreReader {
    let bytes: [UInt8]
    var offset = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func number<Number: FixedWidthInteger & UnsignedInteger>() throws(SavedStoreError) -> Number {
        let size = Number.bitWidth / 8
        guard bytes.count - offset >= size else { throw .malformed(offset: offset) }
        var value: Number = 0
        for index in 0..<size { value |= Number(bytes[offset + index]) << Number(8 * index) }
        offset += size
        return value
    }

    private mutating func string(_ count: Int, maximum: Int) throws(SavedStoreError) -> [UInt8] {
        guard count <= maximum, bytes.count - offset >= count else { throw .malformed(offset: offset) }
        defer { offset += count }
        return Array(bytes[offset..<(offset + count)])
    }

    mutating func permissions() throws(SavedStoreError) -> NodePermissions {
        let start = offset
        let count: UInt16 = try number()
        guard count > 0, Int(count) <= SavedStore.maximumPermissions else { throw .malformed(offset: start) }
        var entries: [NodePermissions.Entry] = []
        for _ in 0..<count {
            let domain: UInt16 = try number()
            guard let access = NodePermissions.Access(rawValue: try number()) else { throw .malformed(offset: offset - 1) }
            entries.append(NodePermissions.Entry(domain: domain, access: access))
        }
        return NodePermissions(owner: entries[0].domain, others: entries[0].access, Array(entries.dropFirst()))
    }

    /// A node and all under it; `pathSize` is that of the path above.
    mutating func node(depth: Int, pathSize: Int) throws(SavedStoreError) -> StoreNode {
        let start = offset
        let length: UInt16 = try number()
        let name = try string(Int(length), maximum: StorePath.maximumSize - pathSize)
        guard name.isEmpty == (depth == 0), name.allSatisfy({ StorePath.isNameByte($0) }), depth <= SavedStore.maximumDepth
        else { throw .malformed(offset: start) }
        let permissions = try permissions()
        let valueLength: UInt32 = try number()
        let value = try string(Int(valueLength), maximum: MessageHeader.maximumLength)
        let count: UInt32 = try number()
        var children = NameTable<StoreNode>()
        var last: [UInt8] = []
        for _ in 0..<count {
            let childStart = offset
            let child = try node(depth: depth + 1, pathSize: pathSize + 1 + name.count)
            guard last.lexicographicallyPrecedes(child.name) else { throw .malformed(offset: childStart) }
            last = child.name
            children = children.setting(child)
        }
        return StoreNode(
            name: name, value: value, permissions: permissions, children: children, generation: SavedStore.generation)
    }
}
