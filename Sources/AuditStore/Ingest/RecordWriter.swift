import AuditLog
import Flask

/// Writes records and kinds, and keeps the sums.
final class RecordWriter {
    let database: Database
    private var sums = Sums()

    init(_ database: Database) { self.database = database }

    /// Writes a record.
    ///
    /// - Parameter kind: its number in the database.
    func write(_ row: RecordRow, kind: Int64, at record: Int64) throws(StoreError) {
        let statement = try insertion()
        statement.bind(1, record)
        statement.bind(2, kind)
        statement.bind(3, row.clock.rawValue)
        statement.bind(4, row.time)
        if row.source >= 0 { statement.bind(5, Int64(row.source)) } else { statement.bindNull(5) }
        if row.target >= 0 { statement.bind(6, Int64(row.target)) } else { statement.bindNull(6) }
        if row.current >= 0 { statement.bind(7, Int64(row.current)) } else { statement.bindNull(7) }
        if let object = row.object { statement.bind(8, object) } else { statement.bindNull(8) }
        _ = try statement.step()
        statement.reset()
        sums.add(row, kind: kind, at: record)
    }

    private var kept: Statement?

    @inline(__always)
    private func insertion() throws(StoreError) -> Statement {
        if let kept { return kept }
        let statement = try database.statement("INSERT INTO record (id, kind, clock, time, source, target, current, object) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
        kept = statement
        return statement
    }

    /// Writes the sums of what was written since the last time.
    func finish(now: Int64) throws(StoreError) {
        if sums.count > 0 { try sums.write(to: database, now: now) }
    }

    // MARK: Kinds and hosts

    /// The number of a kind, which is added when it is not there.
    func kind(_ text: [UInt8], _ record: AuditRecord) throws(StoreError) -> Int64 {
        if let known = try database.number("SELECT id FROM kind WHERE text = ?", [.bytes(text)]) { return known }
        try database.run(
            """
            INSERT INTO kind (text, verdict, permissions, unnamed, source, target, source_sid, target_sid, class, source_type, target_type)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .bytes(text), .integer(record.verdict == .granted ? 1 : 0), .bytes(Array(record.permissions.map(\.bytes).joined(separator: [0x20]))),
                .integer(Int64(record.unnamedPermissions)), Self.text(record.source), Self.text(record.target), Self.number(record.source),
                Self.number(record.target), .bytes(record.objectClass.bytes), .bytes(record.source.typeName), .bytes(record.target.typeName),
            ])
        let kind = database.lastInserted
        for name in Set(record.permissions) {
            try database.run("INSERT INTO permission (name, kind) VALUES (?, ?)", [.bytes(name.bytes), .integer(kind)])
        }
        return kind
    }

    func host(_ name: [UInt8]) throws(StoreError) -> Int64 {
        if let known = try database.number("SELECT id FROM host WHERE name = ?", [.bytes(name)]) { return known }
        try database.run("INSERT INTO host (name) VALUES (?)", [.bytes(name)])
        return database.lastInserted
    }

    private static func text(_ context: AuditRecord.Context) -> SQLValue { if case .text(let text) = context { .bytes(text) } else { .null } }

    private static func number(_ context: AuditRecord.Context) -> SQLValue {
        if case .identifier(let identifier) = context { .integer(Int64(identifier.rawValue)) } else { .null }
    }
}
