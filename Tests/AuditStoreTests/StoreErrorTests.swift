import AuditStore
import Csqlite
import Foundation
import TestSupport
import Testing

@Suite struct StoreErrorTests {
    private func reason(_ path: String, _ access: SQLiteStore.Access = .write) throws -> StoreError.Reason {
        let error = try #require(throws: StoreError.self) { try SQLiteStore(path, access, patience: 100) }
        #expect(error.description.hasPrefix("`\(path)`: ") && !error.description.hasSuffix(".") && error.description.contains(":"))
        return error.reason
    }

    private func execute(_ path: String, _ text: String) {
        var handle: OpaquePointer?
        unsafe sqlite3_open(path, &handle)
        #expect(unsafe sqlite3_exec(handle, text, nil, nil, nil) == SQLITE_OK)
        unsafe sqlite3_close(handle)
    }

    @Test("What is no database of ours is said to be none, and left as it is")
    func foreign() throws {
        let folder = try TemporaryFolder()
        let path = folder.url.appending(path: "a.sqlite").path
        for bytes in ["no database at all, but a text that is long enough to be taken for one\n", String(repeating: "x", count: 20_000), "SQLite format 3\u{0}"] {
            try Data(bytes.utf8).write(to: URL(fileURLWithPath: path))
            for access in [SQLiteStore.Access.write, .read] { #expect([.foreign, .corrupt].contains(try reason(path, access))) }
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(bytes.utf8))
        }
        let other = folder.url.appending(path: "b.sqlite").path
        execute(other, "CREATE TABLE host (id); PRAGMA user_version = 1")
        let before = try Data(contentsOf: URL(fileURLWithPath: other))
        for access in [SQLiteStore.Access.write, .read] { #expect(try reason(other, access) == .foreign) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: other)) == before)
    }

    @Test("Who reads a database that has no tables yet is told so, and not that it is another program's")
    func empty() throws {
        let folder = try TemporaryFolder()
        let path = folder.url.appending(path: "a.sqlite").path
        try Data().write(to: URL(fileURLWithPath: path))
        #expect(try reason(path, .read) == .empty)
        // As it is while another process is about to make them.
        execute(path, "PRAGMA journal_mode = WAL")
        #expect(try reason(path, .read) == .empty)
        _ = try SQLiteStore(path)
        #expect(try SQLiteStore(path, .read).totals(DenialFilter()).records == 0)
    }

    @Test("A newer program's database is left as it is")
    func newer() throws {
        let folder = try TemporaryFolder()
        let path = folder.url.appending(path: "a.sqlite").path
        _ = try SQLiteStore(path)
        execute(path, "PRAGMA user_version = 7")
        for access in [SQLiteStore.Access.write, .read] { #expect(try reason(path, access) == .newer) }
    }

    @Test("A file that is not there, a folder, a name that is none")
    func missing() throws {
        let folder = try TemporaryFolder()
        #expect(try reason(folder.url.appending(path: "none/a.sqlite").path) == .cannotOpen)
        #expect(try reason(folder.url.appending(path: "a.sqlite").path, .read) == .cannotOpen)
        #expect(try reason(folder.url.path) == .cannotOpen)
        #expect(throws: StoreError.self) { try SQLiteStore("") }
        #expect(throws: StoreError.self) { try SQLiteStore("a\0b") }
    }

    @Test("What has SQLite's own meaning in a name is a name")
    func names() throws {
        let folder = try TemporaryFolder()
        for name in ["file:x?mode=memory", ":memory:", "a b%20#?.sqlite"] {
            let path = folder.url.path + "/" + name
            try SQLiteStore(path).ingest(["(XEN) avc:  denied  { dm } for source=d1 target=d2 scontext=a:b:c tcontext=a:b:d tclass=hvm\n"])
            #expect(FileManager.default.fileExists(atPath: path))
            #expect(try SQLiteStore(path, .read).totals(DenialFilter()).records == 1)
        }
    }

    @Test("A file and a folder that may only be read are read, and not written")
    func readOnly() throws {
        guard geteuid() != 0 else {
            // Root may write everywhere; what was opened to be read is not written to by it either.
            let folder = try TemporaryFolder()
            let path = folder.url.appending(path: "a.sqlite").path
            _ = try SQLiteStore(path).ingest(["(XEN) avc:  denied  { dm } for source=d1 target=d2 scontext=a:b:c tcontext=a:b:d tclass=hvm\n"])
            let store = try SQLiteStore(path, .read)
            let line = "(XEN) avc:  denied  { dm } for source=d1 target=d2 scontext=a tcontext=b tclass=c\n"
            let error = try #require(throws: StoreError.self) { try store.ingest([line]) }
            #expect(error.reason == .readOnly)
            return
        }
        let folder = try TemporaryFolder()
        let path = folder.url.appending(path: "a.sqlite").path
        _ = try SQLiteStore(path).ingest(["(XEN) avc:  denied  { dm } for source=d1 target=d2 scontext=a:b:c tcontext=a:b:d tclass=hvm\n"])
        try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: path)
        try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.url.path)
        defer { try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.url.path) }
        #expect(try reason(path) == .readOnly)
        #expect(try SQLiteStore(path, .read).totals(DenialFilter()).records == 1)
    }

    @Test("Who waits too long for another is told so")
    func busy() throws {
        let folder = try TemporaryFolder()
        let path = folder.url.appending(path: "a.sqlite").path
        let store = try SQLiteStore(path, patience: 50)
        var handle: OpaquePointer?
        unsafe sqlite3_open(path, &handle)
        unsafe sqlite3_exec(handle, "BEGIN IMMEDIATE", nil, nil, nil)
        let line = ["(XEN) avc:  denied  { dm } for source=d1 target=d2 scontext=a:b:c tcontext=a:b:d tclass=hvm\n"]
        #expect(try #require(throws: StoreError.self) { try store.ingest(line) }.reason == .busy)
        unsafe sqlite3_exec(handle, "COMMIT", nil, nil, nil)
        unsafe sqlite3_close(handle)
        #expect(try store.ingest(line).added == 1)
    }

    /// SQLite gives up at once there, where waiting in all cases could be for ever.
    @Test("Who opens a database that is not in WAL mode, one just made for example, waits for another who writes to it")
    func openedAtOnce() throws {
        let folder = try TemporaryFolder()
        let path = folder.url.appending(path: "a.sqlite").path
        _ = try SQLiteStore(path)
        let program = "import sqlite3, sys, time; c = sqlite3.connect(sys.argv[1], isolation_level=None); c.execute('PRAGMA journal_mode = DELETE'); c.execute('BEGIN IMMEDIATE'); print(1, flush=True); time.sleep(0.5)"
        let other = Process(), output = Pipe()
        other.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        other.arguments = ["-c", program, path]
        other.standardOutput = output
        try other.run()
        #expect(!output.fileHandleForReading.availableData.isEmpty)
        let start = ContinuousClock.now
        #expect(try #require(throws: StoreError.self) { try SQLiteStore(path, patience: 50) }.reason == .busy)
        #expect(ContinuousClock.now - start >= .milliseconds(50))
        #expect(try SQLiteStore(path, patience: 60_000).totals(DenialFilter()).records == 0)
        other.waitUntilExit()
    }

    @Test("Bytes of a database are changed at random: it is an error or an answer, and damage is found")
    func corrupted() throws {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        let folder = try TemporaryFolder()
        let path = folder.url.appending(path: "a.sqlite").path
        let lines = [TestLog.banner] + TestLog.lines(3_000, .date, &random)
        try SQLiteStore(path).ingest(lines)
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        for round in 0..<15 * TestLog.patience {
            var bytes = whole
            if random.percent(20) { bytes = bytes.prefix(random.below(bytes.count)) }
            for _ in 0..<1 + random.below(200) where !bytes.isEmpty { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
            let copy = folder.url.appending(path: "\(round).sqlite")
            try bytes.write(to: copy)
            do throws(StoreError) {
                let store = try SQLiteStore(copy.path, patience: 100)
                _ = try store.damages()
                _ = try store.groups(DenialFilter(), by: .contexts, limit: 100)
                _ = try store.histogram(DenialFilter(), limit: 10)
                _ = try store.records(DenialFilter(), from: nil, newestFirst: true, limit: 1_000)
                _ = try store.prune(Retention(age: 1, size: 1_000), now: TestLog.day + 86_400_000_000)
                var log = store.ingest(IngestOptions(host: Array("host".utf8)), now: TestLog.day)
                try log.read(Array(lines.joined().utf8).span)
                _ = try log.finish()
            } catch {
                #expect(StoreError.Reason.allCases.contains(error.reason))
            }
        }
    }
}
