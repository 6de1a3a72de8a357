extension ImageReader {
    /// A context's size: three numbers, and with MLS a level at least.
    private var contextSize: Int { version.hasMLS ? 32 : 12 }

    mutating func readObjectContexts() throws(ImageReadError) {
        let count = try cursor.count(ofSize: 4 + contextSize)
        policy.initialContexts.reserveCapacity(count)
        for _ in 0..<count {
            policy.initialContexts.append(try InitialContext(sid: cursor.word32(), context: readContext()))
        }
        switch policy.target {
        case .xen: try readDeviceContexts()
        case .selinux: try readNetworkContexts()
        }
    }

    /// Reads a list: its count, and its entries of at least `size` bytes before their context.
    private mutating func readList<Entry>(
        size: Int, _ entry: (inout ImageReader) throws(ImageReadError) -> Entry
    ) throws(ImageReadError) -> [Entry] {
        let count = try cursor.count(ofSize: size + contextSize)
        var entries: [Entry] = []
        entries.reserveCapacity(count)
        for _ in 0..<count { entries.append(try entry(&self)) }
        return entries
    }

    private mutating func readDeviceContexts() throws(ImageReadError) {
        policy.deviceContexts.interrupts = try readList(size: 4) { (reader) throws(ImageReadError) in
            try .init(number: reader.cursor.word32(), context: reader.readContext())
        }
        policy.deviceContexts.ioPorts = try readList(size: 8) { (reader) throws(ImageReadError) in
            try .init(low: reader.cursor.word32(), high: reader.cursor.word32(), context: reader.readContext())
        }
        if version.hasDeviceTree {
            policy.deviceContexts.ioMemory = try readList(size: 16) { (reader) throws(ImageReadError) in
                try .init(low: reader.cursor.word64(), high: reader.cursor.word64(), context: reader.readContext())
            }
        } else {
            policy.deviceContexts.ioMemory = try readList(size: 8) { (reader) throws(ImageReadError) in
                let low = try reader.cursor.word32()
                let high = try reader.cursor.word32()
                return try .init(low: UInt64(low), high: UInt64(high), context: reader.readContext())
            }
        }
        policy.deviceContexts.pciDevices = try readList(size: 4) { (reader) throws(ImageReadError) in
            try .init(address: reader.cursor.word32(), context: reader.readContext())
        }
        guard version.hasDeviceTree else { return }
        policy.deviceContexts.deviceTreeNodes = try readList(size: 5) { (reader) throws(ImageReadError) in
            try .init(path: reader.readName(), context: reader.readContext())
        }
    }

    private mutating func readNetworkContexts() throws(ImageReadError) {
        policy.networkContexts.filesystems = try readNamed()
        policy.networkContexts.ports = try readList(size: 12) { (reader) throws(ImageReadError) in
            let transport = try reader.cursor.word32()
            let low = try reader.cursor.word32()
            return try .init(transport: transport, low: low, high: reader.cursor.word32(), context: reader.readContext())
        }
        policy.networkContexts.interfaces = try readNamed()
        policy.networkContexts.nodes = try readNodes(length: 4)
        policy.networkContexts.filesystemUses = try readList(size: 9) { (reader) throws(ImageReadError) in
            let behaviour = try reader.cursor.word32()
            return try .init(behaviour: behaviour, name: reader.readName(), context: reader.readContext())
        }
        if version.contextKinds > 6 { policy.networkContexts.nodes6 = try readNodes(length: 16) }
        if version.contextKinds > 7 { try readInfiniBandContexts() }
    }

    private mutating func readNamed() throws(ImageReadError) -> [NetworkContexts.Named] {
        try readList(size: 5 + contextSize) { (reader) throws(ImageReadError) in
            let name = try reader.readName(limit: 63)
            return try .init(name: name, first: reader.readContext(), second: reader.readContext())
        }
    }

    private mutating func readNodes(length: Int) throws(ImageReadError) -> [NetworkContexts.Node] {
        try readList(size: 2 * length) { (reader) throws(ImageReadError) in
            let address = try reader.cursor.bytes(length)
            return try .init(address: address, mask: reader.cursor.bytes(length), context: reader.readContext())
        }
    }

    private mutating func readInfiniBandContexts() throws(ImageReadError) {
        policy.networkContexts.partitionKeys = try readList(size: 16) { (reader) throws(ImageReadError) in
            let prefix = try reader.cursor.bytes(8)
            let low = try reader.cursor.word32()
            let high = try reader.cursor.word32()
            guard max(low, high) <= 65_535 else {
                throw reader.fail(.invalidValue(max(low, high), .partitionKey), at: reader.cursor.offset - 8)
            }
            return try .init(subnetPrefix: prefix, low: low, high: high, context: reader.readContext())
        }
        policy.networkContexts.endPorts = try readList(size: 9) { (reader) throws(ImageReadError) in
            let offset = reader.cursor.offset
            let length = try reader.cursor.word32()
            let port = try reader.cursor.word32()
            guard (1...255).contains(port) else { throw reader.fail(.invalidValue(port, .endPort), at: offset + 4) }
            let device = try reader.readName(length: length, at: offset, limit: 63)
            return try .init(device: device, port: port, context: reader.readContext())
        }
    }

    mutating func readGenfs() throws(ImageReadError) {
        let count = try cursor.count(ofSize: 9)
        policy.genfsContexts.reserveCapacity(count)
        for _ in 0..<count {
            var genfs = try GenfsContexts(filesystem: readName())
            genfs.entries = try readList(size: 9) { (reader) throws(ImageReadError) in
                let path = try reader.readName()
                let objectClass = try reader.cursor.word32()
                if objectClass != 0 { try reader.check(UInt64(objectClass), .objectClass, at: reader.cursor.offset - 4) }
                return try .init(path: path, objectClass: objectClass, context: reader.readContext())
            }
            policy.genfsContexts.append(genfs)
        }
    }
}
