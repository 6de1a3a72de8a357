/// Decisions in a database file.
///
/// It is SQLite's, in WAL mode: one process writes at a time, others wait for it; who reads is not held up. Beside the file are two others
/// while it is in use, which belong to it. An object is for one thread; open another for another.
public final class SQLiteStore: DenialStore {
    let database: Database

    /// A file is there or not: there are no parts.
    public var coverage: StoreCoverage { .whole }

    /// What is done with a file.
    public enum Access: Sendable {
        /// It is made when it is not there.
        case write
        /// Nothing is changed in it.
        case read
    }

    /// Opens a database.
    ///
    /// - Parameter access: whether it is written to.
    /// - Parameter path: the file.
    /// - Parameter patience: how long to wait while another process writes, in milliseconds.
    public init(_ path: String, _ access: Access = .write, patience: Int32 = 10_000) throws(StoreError) {
        // To SQLite these would be other things than files.
        guard !path.isEmpty, !path.utf8.contains(0) else { throw StoreError(.cannotOpen, path: path, detail: "no name of a file") }
        let name = path.hasPrefix("/") ? path : "./" + path
        do {
            database = try Database(name, access == .write ? .write : .read, patience: patience)
            try Schema.prepare(database, access == .write ? .write : .read)
        } catch {
            var error = error
            error.path = path
            throw error
        }
    }

    /// Begins to read a log into the database.
    ///
    /// - Parameter options: what the log is.
    /// - Parameter now: the time, in microseconds since 1970: by it what has no date is old or new.
    public func ingest(_ options: IngestOptions, now: Int64) -> LogIngest {
        LogIngest(database, options, now: now)
    }

    /// Looks for damage in the whole file; what SQLite says of it, nothing when there is none.
    public func damages() throws(StoreError) -> [String] {
        var found: [String] = []
        try database.query("PRAGMA integrity_check(100)") { (row) throws(StoreError) in found.append(String(decoding: row.bytes(0), as: UTF8.self)) }
        return found == ["ok"] ? [] : found
    }

    /// How large the file is, in bytes, without what is free in it.
    public func size() throws(StoreError) -> Int64 {
        let pages = (try database.number("PRAGMA page_count") ?? 0) - (try database.number("PRAGMA freelist_count") ?? 0)
        return pages * (try database.number("PRAGMA page_size") ?? 0)
    }
}
