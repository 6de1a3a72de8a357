import Files
import PolicyCompiler

/// A policy's source from the file system.
struct FileSystemReader: SourceReader {
    func contents(of path: String) throws(SourceReadError) -> [UInt8]? {
        do {
            return try Files.contents(of: path)
        } catch {
            throw SourceReadError(path: path, reason: error.reason)
        }
    }

    func entries(of directory: String) throws(SourceReadError) -> [String]? {
        Files.entries(of: directory)
    }
}
