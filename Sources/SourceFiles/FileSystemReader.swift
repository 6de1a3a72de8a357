import Files
public import PolicyCompiler

/// A policy's source from the file system. What is there and cannot be read is a `SourceReadError` with the system's reason; a file is
/// as large as `Files` allows at most.
public struct FileSystemReader: SourceReader, Sendable {
    public init() {}

    public func contents(of path: String) throws(SourceReadError) -> [UInt8]? {
        do {
            return try Files.contents(of: path)
        } catch {
            throw SourceReadError(path: path, reason: error.reason)
        }
    }

    public func entries(of directory: String) throws(SourceReadError) -> [String]? {
        Files.entries(of: directory)
    }
}
