/// The nodes of a store and their permissions: what is kept when the store ends. Clients, their watches and transactions, and
/// which domains are introduced, are not.
///
/// As bytes (numbers are little endian):
///
///     "XSMSTORE"  u32 version  u32 CRC-32 of all that follows  u64 number of bytes that follow
///     permissions of @introduceDomain, permissions of @releaseDomain
///     the root
///
///     node:        u16 length, name (empty for the root alone)
///                  permissions
///                  u32 length, value
///                  u32 number of children, children in the order of their names' bytes
///     permissions: u16 number of entries, the owner's first; each: u16 domain, u8 access (1 read, 2 write)
struct SavedStore: Sendable {
    let root: StoreNode
    var special: [SpecialEvent: NodePermissions] = [:]
    /// Which domains the store knows and since which number: permissions for others are not kept.
    var births: [UInt16: UInt64] = [:]

    /// The number of all changes in a store that was read.
    static let generation: UInt64 = 1
    static let magic = Array("XSMSTORE".utf8)
    static let version: UInt32 = 1
    static let headerSize = 24
    /// A path of more names would be too long.
    static let maximumDepth = StorePath.maximumSize / 2
    /// As many entries fit into one request.
    static let maximumPermissions = MessageHeader.maximumLength / 3

    /// What a store begins with.
    static let empty: SavedStore = {
        let control = NodePermissions(owner: 0)
        let store = StoreNode(name: Array("xenstored".utf8), value: [], permissions: control, generation: generation)
        let tool = StoreNode(
            name: Array("tool".utf8), value: [], permissions: control, children: NameTable(store), generation: generation)
        return SavedStore(
            root: StoreNode(name: [], value: [], permissions: control, children: NameTable(tool), generation: generation))
    }()
}

extension StoreEngine {
    /// The nodes as they are now. It takes no time that grows with their number, and later changes do not concern it.
    func saved() -> SavedStore {
        SavedStore(
            root: root, special: specialPermissions.mapValues(\.permissions),
            births: domains.records.mapValues { $0.caller.birth })
    }
}
