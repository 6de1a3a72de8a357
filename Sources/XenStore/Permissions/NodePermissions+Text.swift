extension NodePermissions {
    /// Reads entries such as `r5`: a letter and a domain's number (Xen, docs/misc/xenstore.txt: `SET_PERMS`). Throws
    /// ``XenStoreError/invalidArgument``.
    init(_ strings: [ArraySlice<UInt8>]) throws(XenStoreError) {
        var entries: [Entry] = []
        for string in strings {
            guard let letter = string.first, let access = Access(letter: letter),
                let domain = decimal(string.dropFirst(), maximum: Int(UInt16.max))
            else { throw .invalidArgument }
            entries.append(Entry(domain: UInt16(domain), access: access))
        }
        guard let first = entries.first else { throw .invalidArgument }
        self.init(owner: first.domain, others: first.access, Array(entries.dropFirst()))
    }

    /// Adds its entries as strings, each with a zero behind it.
    func append(to bytes: inout [UInt8]) {
        for entry in entries {
            bytes.append(entry.access.letter)
            bytes.append(contentsOf: String(entry.domain).utf8)
            bytes.append(0)
        }
    }
}
