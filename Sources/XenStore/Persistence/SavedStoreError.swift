/// Why bytes are not a store that was saved.
public enum SavedStoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// They do not begin as one does.
    case notAStore
    case unknownVersion(UInt32)
    /// There are fewer or more bytes than the beginning says.
    case wrongSize
    case wrongChecksum
    /// What is at a place cannot be there.
    case malformed(offset: Int)

    public var description: String {
        switch self {
        case .notAStore: "not a saved store"
        case .unknownVersion(let version): "unknown version \(version) of a saved store"
        case .wrongSize: "saved store has a wrong size"
        case .wrongChecksum: "saved store has a wrong checksum"
        case .malformed(let offset): "saved store is malformed at byte \(offset)"
        }
    }
}
