/// Where the compiler's input comes from: the one door through which it sees files.
///
/// The tools hand in the file system, the tests a dictionary. Paths are as the user or a policy wrote them.
public protocol SourceReader {
    /// The whole of a file, or nil when it does not exist.
    func contents(of path: String) throws(SourceReadError) -> [UInt8]?
    /// The names in a directory, without `.` and `..`, in byte order; nil when it is none.
    func entries(of directory: String) throws(SourceReadError) -> [String]?
}
