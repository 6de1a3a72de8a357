import Files

/// A log that is read as it grows: when its file is cut or another one takes its name, reading goes on at the beginning of what is there then.
public struct FollowedLog: ~Copyable {
    public let path: String
    private var file: LogFile?
    /// How often it began anew: the line that was begun before has no end.
    public private(set) var restarts = 0

    /// Begins with what is there already.
    public init(_ path: String) throws(LogFileFailure) {
        self.path = path
        file = try LogFile(path)
    }

    /// What came since; none when nothing did. The file may be gone for a while.
    public mutating func next() throws(LogFileFailure) -> [UInt8] {
        if let bytes = try file?.next(), !bytes.isEmpty { return bytes }
        switch file?.change() {
        case .some(.none): return []
        case .cut?, .replaced?, nil:
            // What was written to the old file just before it went.
            if case .replaced? = file?.change(), let bytes = try file?.next(), !bytes.isEmpty { return bytes }
            guard let opened = try? LogFile(path) else { return [] }
            file = consume opened
            restarts += 1
            return try file?.next() ?? []
        }
    }
}
