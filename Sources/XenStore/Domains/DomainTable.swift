/// The domains that the store knows: introduced, connected, or named by permissions.
struct DomainTable {
    private(set) var records: [UInt16: DomainRecord] = [:]

    /// From here on numbers are not those of domains (Xen, xen/include/public/xen.h: `DOMID_FIRST_RESERVED`, `DOMID_SELF`).
    static let firstReserved = 0x7ff0
    static let itself = 0x7ff0

    subscript(domain: UInt16) -> DomainRecord? { records[domain] }

    /// The record of a domain, made now if there is none.
    mutating func record(_ domain: UInt16, generation: UInt64) -> DomainRecord {
        if let record = records[domain] { return record }
        let record = DomainRecord(domain, birth: generation)
        records[domain] = record
        return record
    }

    /// Forgets a domain: permissions that name its number do not hold for one that comes later.
    mutating func remove(_ domain: UInt16) {
        guard let gone = records.removeValue(forKey: domain) else { return }
        gone.target = nil
        for record in records.values where record.target === gone { record.target = nil }
    }

    /// Whether an entry of permissions that were set at a time means the domain that has the number now.
    func isCurrent(_ entry: NodePermissions.Entry, of generation: UInt64) -> Bool {
        guard let record = records[entry.domain] else { return false }
        return record.caller.birth <= generation
    }
}
