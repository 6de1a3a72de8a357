// SAFETY: what is found is kept by the table that was asked: it is retained before the table can go.

extension NameTable {
    /// The element of a name that lies in some bytes.
    func find(_ key: NameKey, _ bytes: [UInt8]) -> Element? {
        guard let root else { return nil }
        return unsafe root.find(key, bytes)?.takeUnretainedValue()
    }
}
