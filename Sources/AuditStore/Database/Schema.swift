/// What the tables are.
///
/// The number of a record says its place: boot, then place in the boot (``RecordPlace``). Records of a boot stand in stretches; within one
/// they follow each other without a gap as the hypervisor printed them. Beside the records stand sums that are kept in the same
/// transactions, so that no question has to read all records: how often each kind is in a boot, in a block of records, in an hour, of which
/// domains. Numbers of stretches and notices are never given again: what is sent elsewhere is remembered by them while it is under way.
enum Schema {
    /// The version of the tables.
    static let version: Int64 = 1
    /// Says whose database it is (SQLite, `PRAGMA application_id`): `XSMa`.
    static let application: Int64 = 0x5853_4d61

    static let tables = """
        CREATE TABLE host (id INTEGER PRIMARY KEY, name BLOB NOT NULL UNIQUE);
        CREATE TABLE boot (
            id INTEGER PRIMARY KEY, host INTEGER NOT NULL, identity BLOB NOT NULL, banner BLOB, added INTEGER NOT NULL,
            used INTEGER NOT NULL DEFAULT 0, UNIQUE (host, identity));
        CREATE TABLE stretch (
            id INTEGER PRIMARY KEY AUTOINCREMENT, boot INTEGER NOT NULL, first INTEGER NOT NULL, end INTEGER NOT NULL, is_start INTEGER NOT NULL, next INTEGER);
        CREATE INDEX stretch_boot ON stretch (boot);
        CREATE TABLE kind (
            id INTEGER PRIMARY KEY, text BLOB NOT NULL UNIQUE, verdict INTEGER NOT NULL, permissions BLOB NOT NULL, unnamed INTEGER NOT NULL,
            source BLOB, target BLOB, source_sid INTEGER, target_sid INTEGER, class BLOB NOT NULL, source_type BLOB NOT NULL, target_type BLOB NOT NULL);
        CREATE INDEX kind_types ON kind (source_type, target_type, class);
        CREATE TABLE permission (name BLOB NOT NULL, kind INTEGER NOT NULL, PRIMARY KEY (name, kind)) WITHOUT ROWID;
        CREATE TABLE record (
            id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, clock INTEGER NOT NULL, time INTEGER NOT NULL,
            source INTEGER, target INTEGER, current INTEGER, object BLOB);
        CREATE TABLE block (id INTEGER PRIMARY KEY, count INTEGER NOT NULL, first_date INTEGER, last_date INTEGER, stored INTEGER NOT NULL);
        CREATE TABLE presence (kind INTEGER NOT NULL, block INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (kind, block)) WITHOUT ROWID;
        CREATE TABLE tally (
            kind INTEGER NOT NULL, boot INTEGER NOT NULL, count INTEGER NOT NULL, undated INTEGER NOT NULL, first_date INTEGER, last_date INTEGER,
            first INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (kind, boot)) WITHOUT ROWID;
        CREATE TABLE kind_hour (
            hour INTEGER NOT NULL, kind INTEGER NOT NULL, boot INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (hour, kind, boot)) WITHOUT ROWID;
        CREATE TABLE kind_day (
            day INTEGER NOT NULL, kind INTEGER NOT NULL, boot INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (day, kind, boot)) WITHOUT ROWID;
        CREATE TABLE boot_hour (hour INTEGER NOT NULL, boot INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (hour, boot)) WITHOUT ROWID;
        CREATE TABLE pair (
            kind INTEGER NOT NULL, boot INTEGER NOT NULL, source INTEGER NOT NULL, target INTEGER NOT NULL, count INTEGER NOT NULL,
            PRIMARY KEY (kind, boot, source, target)) WITHOUT ROWID;
        CREATE TABLE boot_pair (
            boot INTEGER NOT NULL, source INTEGER NOT NULL, target INTEGER NOT NULL, count INTEGER NOT NULL,
            PRIMARY KEY (boot, source, target)) WITHOUT ROWID;
        CREATE TABLE notice (
            id INTEGER PRIMARY KEY AUTOINCREMENT, boot INTEGER NOT NULL, kind BLOB NOT NULL, text BLOB NOT NULL, clock INTEGER NOT NULL, time INTEGER NOT NULL,
            count INTEGER NOT NULL, stored INTEGER NOT NULL, UNIQUE (boot, kind, text, clock, time));
        CREATE TABLE ingest (
            id INTEGER PRIMARY KEY, log BLOB NOT NULL, started INTEGER NOT NULL, bytes INTEGER NOT NULL, lines INTEGER NOT NULL, decisions INTEGER NOT NULL,
            added INTEGER NOT NULL, known INTEGER NOT NULL, notices INTEGER NOT NULL, unread INTEGER NOT NULL, is_whole INTEGER NOT NULL);
        CREATE TABLE destination (id INTEGER PRIMARY KEY, name BLOB NOT NULL UNIQUE);
        CREATE TABLE sent_stretch (
            destination INTEGER NOT NULL, stretch INTEGER NOT NULL, end INTEGER NOT NULL, PRIMARY KEY (destination, stretch)) WITHOUT ROWID;
        CREATE TABLE sent_notice (
            destination INTEGER NOT NULL, notice INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (destination, notice)) WITHOUT ROWID;
        CREATE TRIGGER stretch_removed AFTER DELETE ON stretch BEGIN DELETE FROM sent_stretch WHERE stretch = old.id; END;
        CREATE TRIGGER notice_removed AFTER DELETE ON notice BEGIN DELETE FROM sent_notice WHERE notice = old.id; END;
        """

    /// Before the first table is made: pages that became free can be given back.
    static let beforeTables = "PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL;"
    /// Readers and the writer do not wait for each other; what is committed is on the disk.
    static let writing = """
        PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4096;
        PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -32768;
        """
    static let reading = "PRAGMA query_only = ON; PRAGMA cache_size = -32768;"

    /// Looks at whose tables a file has, and makes them where it has none.
    static func prepare(_ database: Database, _ access: Database.Access) throws(StoreError) {
        let count = try database.number("SELECT count(*) FROM sqlite_schema") ?? 0
        if count > 0 { try check(database) }
        guard access == .write else {
            guard count > 0 else { throw StoreError(.empty, path: database.path, detail: "it has no tables") }
            return try database.execute(reading)
        }
        if count == 0 { try database.execute(beforeTables) }
        try database.insist(writing)
        // Another process may be making them.
        try database.change { () throws(StoreError) in
            guard try database.number("SELECT count(*) FROM sqlite_schema") == 0 else { return try check(database) }
            try database.execute(tables)
            try database.execute("PRAGMA application_id = \(application); PRAGMA user_version = \(version)")
        }
    }

    private static func check(_ database: Database) throws(StoreError) {
        guard try database.number("PRAGMA application_id") == application else {
            throw StoreError(.foreign, path: database.path, detail: "another program made it")
        }
        let found = try database.number("PRAGMA user_version") ?? 0
        guard found <= version else { throw StoreError(.newer, path: database.path, detail: "version \(found), known is \(version)") }
        guard found == version else { throw StoreError(.corrupt, path: database.path, detail: "its tables are of no version") }
    }
}
