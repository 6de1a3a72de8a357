/// What a request changes in a tree. Transactions keep these, to do them again on another tree.
enum TreeEdit {
    /// Sets the value of a node, which is made with all that is missing above it.
    case write(StorePath, [UInt8])
    /// Makes a node with all that is missing above it.
    case make(StorePath)
    case remove(StorePath)
    case setPermissions(StorePath, NodePermissions)

    var path: StorePath {
        switch self {
        case .write(let path, _), .make(let path), .remove(let path), .setPermissions(let path, _): path
        }
    }

    /// What it costs to keep it, roughly.
    var bytes: Int {
        switch self {
        case .write(let path, let value): path.bytes.count + value.count
        case .make(let path), .remove(let path): path.bytes.count
        case .setPermissions(let path, let permissions): path.bytes.count + 4 * permissions.count
        }
    }
}
