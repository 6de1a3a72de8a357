internal import Csqlite

// SAFETY: the handle is SQLite's and is finalized once, with its owner; columns are copied before the next step; bytes that are bound are
// copied by SQLite.

/// A prepared statement.
@safe final class Statement {
    private let handle: OpaquePointer
    private unowned let database: Database

    init(_ handle: OpaquePointer, _ database: Database) {
        unsafe self.handle = unsafe handle
        self.database = database
    }

    deinit { unsafe sqlite3_finalize(handle) }

    @inline(__always)
    func bind(_ parameter: Int32, _ number: Int64) { unsafe sqlite3_bind_int64(handle, parameter, number) }

    @inline(__always)
    func bindNull(_ parameter: Int32) { unsafe sqlite3_bind_null(handle, parameter) }

    func bind(_ parameter: Int32, _ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { _ = unsafe csqlite_bind_bytes(handle, parameter, $0.baseAddress, UInt64($0.count)) }
    }

    func bind(_ parameter: Int32, _ value: SQLValue) {
        switch value {
        case .null: bindNull(parameter)
        case .integer(let number): bind(parameter, number)
        case .bytes(let bytes): bind(parameter, bytes)
        }
    }

    /// Whether there is a row.
    @inline(__always)
    func step() throws(StoreError) -> Bool {
        switch unsafe sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code:
            let error = database.error(code)
            reset()
            throw error
        }
    }

    @inline(__always)
    func reset() { unsafe sqlite3_reset(handle) }

    /// Carries it out, and makes it ready to be carried out again.
    @inline(__always)
    func run() throws(StoreError) {
        while try step() {}
        reset()
    }

    @inline(__always)
    func integer(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(handle, column) }

    @inline(__always)
    func isNull(_ column: Int32) -> Bool { unsafe sqlite3_column_type(handle, column) == SQLITE_NULL }

    @inline(__always)
    func optional(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

    func bytes(_ column: Int32) -> [UInt8] {
        guard let start = unsafe sqlite3_column_blob(handle, column) else { return [] }
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: Int(max(0, sqlite3_column_bytes(handle, column)))))
    }
}
