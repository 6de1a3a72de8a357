import Files

/// A file that a command cannot do without.
public enum RequiredFile {
    /// The whole of it. Before its name stands what it is, where that is not plain: `the plan`.
    public static func contents(of path: String, as what: String = "") throws(CommandFailure) -> [UInt8] {
        do throws(FileError) {
            if let bytes = try Files.contents(of: path) { return bytes }
            throw FileError(missing: path)
        } catch {
            throw CommandFailure(what + (what.isEmpty ? "" : " ") + error.whyUnread)
        }
    }
}
