internal import Csqlite
import Glibc

// SAFETY: the connection is SQLite's; it is used by whoever has this object, one at a time, and closed once, behind all of its statements,
// which this object owns; strings live for the length of each call.

/// A connection to a database file.
@safe final class Database {
    enum Access { case write, read }

    let path: String
    private var handle: OpaquePointer?
    private var statements: [String: Statement] = [:]
    /// How long to wait for others, in milliseconds.
    private let patience: Int32

    /// Opens a file, and makes it where it is to be written to and is not there.
    ///
    /// - Parameter patience: how long to wait for others, in milliseconds.
    init(_ path: String, _ access: Access, patience: Int32) throws(StoreError) {
        self.path = path
        self.patience = patience
        do {
            try open(path, access == .write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY)
        } catch {
            // Nobody can write beside a file of a folder that is read-only: then it stands still, and is read as such.
            guard access == .read, error.reason == .cannotOpen || error.reason == .readOnly, unsafe Glibc.access(path, R_OK) == 0 else { throw error }
            let escaped = path.utf8.map { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                    || (UInt8(ascii: "-")...UInt8(ascii: "9")).contains(byte) ? String(decoding: [byte], as: UTF8.self) : "%" + Self.hexadecimal(byte)
            }
            try open("file:" + escaped.joined() + "?immutable=1", SQLITE_OPEN_READONLY | SQLITE_OPEN_URI)
        }
    }

    deinit { close() }

    private static func hexadecimal(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }

    private func open(_ name: String, _ flags: Int32) throws(StoreError) {
        close()
        let code = unsafe sqlite3_open_v2(name, &handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        guard code == SQLITE_OK else {
            defer { close() }
            throw error(code)
        }
        unsafe sqlite3_busy_timeout(handle, patience)
        // A file is read when something is asked of it.
        do {
            _ = try number("SELECT count(*) FROM sqlite_schema")
        } catch {
            close()
            throw error
        }
    }

    private func close() {
        statements = [:]
        unsafe sqlite3_close_v2(handle)
        unsafe handle = nil
    }

    /// What a result of SQLite's means.
    func error(_ code: Int32) -> StoreError {
        // The number says which of its calls of the system failed.
        let number = code & 0xff == SQLITE_IOERR ? ", SQLite's \(code)" : ""
        let words = unsafe handle == nil ? unsafe String(cString: sqlite3_errstr(code)) : unsafe String(cString: sqlite3_errmsg(handle))
        let reason: StoreError.Reason =
            switch code & 0xff {
            case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH: .cannotOpen
            case SQLITE_NOTADB: .foreign
            case SQLITE_CORRUPT: .corrupt
            case SQLITE_FULL, SQLITE_TOOBIG: .full
            case SQLITE_READONLY: .readOnly
            case SQLITE_BUSY, SQLITE_LOCKED: .busy
            case SQLITE_IOERR where Self.isOutOfRoom(code): .full
            default: .failed
            }
        return StoreError(reason, path: path, detail: words + number)
    }

    /// Whether it was a write that failed: then a limit of what a process may write or a user may have is the cause, whose number SQLite
    /// has lost when it has taken back what it had begun. A disk that is full has a result of its own.
    private static func isOutOfRoom(_ code: Int32) -> Bool {
        // SQLITE_IOERR_WRITE, _TRUNCATE, _SHMSIZE, _SHMMAP: macros that Swift does not see.
        [3, 6, 19, 21].contains(code >> 8)
    }

    /// A prepared statement; it is kept for the next time.
    func statement(_ text: String) throws(StoreError) -> Statement {
        if let known = statements[text] { return known }
        var prepared: OpaquePointer?
        let code = unsafe sqlite3_prepare_v3(handle, text, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        guard code == SQLITE_OK, let prepared = unsafe prepared else { throw error(code) }
        let statement = unsafe Statement(prepared, self)
        if statements.count > 256 { statements = [:] }
        statements[text] = statement
        return statement
    }

    /// Carries out several statements without parameters.
    func execute(_ text: String) throws(StoreError) {
        let code = unsafe sqlite3_exec(handle, text, nil, nil, nil)
        guard code == SQLITE_OK else { throw error(code) }
    }

    /// The same again and again while others are in the way, for as long as there is patience. SQLite does not wait by itself where two who have
    /// read both want to write, as when they make one file at the same time: one of them has to let go first.
    func insist(_ text: String) throws(StoreError) {
        // Not all at the same times: then they would meet again.
        let pause = UInt32.random(in: 1_000...7_000)
        // What SQLite waited itself counts too.
        let end = ContinuousClock.now + .milliseconds(patience)
        while true {
            do {
                return try execute(text)
            } catch {
                guard error.reason == .busy, ContinuousClock.now < end else { throw error }
                usleep(pause)
            }
        }
    }

    /// Carries out a statement, and hands over each of its rows.
    func query(_ text: String, _ values: [SQLValue] = [], _ row: (Statement) throws(StoreError) -> Void) throws(StoreError) {
        let statement = try statement(text)
        statement.reset()
        for (index, value) in values.enumerated() { statement.bind(Int32(index + 1), value) }
        defer { statement.reset() }
        while try statement.step() { try row(statement) }
    }

    func run(_ text: String, _ values: [SQLValue] = []) throws(StoreError) {
        try query(text, values) { (_) throws(StoreError) in }
    }

    /// The first column of the first row; nil when there is none, or NULL.
    func number(_ text: String, _ values: [SQLValue] = []) throws(StoreError) -> Int64? {
        var found: Int64?
        try query(text, values) { (row) throws(StoreError) in if found == nil { found = row.optional(0) } }
        return found
    }

    var lastInserted: Int64 { unsafe sqlite3_last_insert_rowid(handle) }
    /// How many rows the last statement changed.
    var changes: Int64 { unsafe sqlite3_changes64(handle) }

    /// Carries out what changes the database, all of it or nothing.
    func change<Result>(_ body: () throws(StoreError) -> Result) throws(StoreError) -> Result {
        try transaction("BEGIN IMMEDIATE", body)
    }

    /// Reads a state of the database that nobody changes meanwhile.
    func look<Result>(_ body: () throws(StoreError) -> Result) throws(StoreError) -> Result {
        try transaction("BEGIN", body)
    }

    private func transaction<Result>(_ start: String, _ body: () throws(StoreError) -> Result) throws(StoreError) -> Result {
        try run(start)
        do {
            let result = try body()
            try run("COMMIT")
            return result
        } catch {
            // Some errors have ended it already.
            if unsafe sqlite3_get_autocommit(handle) == 0 { try? run("ROLLBACK") }
            throw error
        }
    }
}
