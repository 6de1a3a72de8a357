import Files

/// Why no more can be had of a log.
public enum LogFileFailure: Error, Hashable, Sendable {
    /// There is no file of this name.
    case missing(path: String)
    /// The file cannot be opened or read: its path, and the system's words.
    case unreadable(path: String, reason: String)
    /// It ends within what was compressed: what was before has been read.
    case truncated(path: String)
    /// It is compressed, and its bytes are not what they should be: what was before has been read.
    case corrupt(path: String)

    /// What happened, and what to do about it.
    public var message: String {
        switch self {
        case .missing(let path): FileError(missing: path).whyUnread
        case .unreadable(let path, let reason): "`\(path)` cannot be read: \(reason)"
        case .truncated(let path): "`\(path)` ends in the middle of what was compressed: what stands before was read, the rest is missing"
        case .corrupt(let path): "`\(path)` is compressed and damaged: what stands before was read, the rest is lost"
        }
    }
}
