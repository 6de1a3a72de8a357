internal import Files

/// Why nothing comes or goes through a connection any more.
enum ConnectionFailure: Error, Hashable {
    /// The system's error.
    case system(Int32)
    /// The time was over.
    case tooLate
    /// The other side has ended it.
    case ended
    /// The name has no number, or nobody could be asked for it.
    case unknownHost(String)

    var detail: String {
        switch self {
        case .system(let number): FileError(path: "", number: number).reason
        case .tooLate: "not in time"
        case .ended: "the other side has ended the connection"
        case .unknownHost(let why): why
        }
    }
}
