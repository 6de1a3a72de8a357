import AuditLog
import AuditStore
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct CrashTests {
    static let rounds = 8 * TestLog.patience

    /// The child that reads logs, which is built with the tests.
    static func writer() throws -> URL {
        var folder = try #require(Bundle.main.executableURL).deletingLastPathComponent()
        while folder.path != "/" {
            if let found = BuiltPackage.executable(folder.appendingPathComponent("audit-store-writer")) { return found }
            folder.deleteLastPathComponent()
        }
        return try #require(BuiltPackage.executable(URL(fileURLWithPath: "audit-store-writer")), "audit-store-writer is built with the tests")
    }

    struct Child {
        let process = Process()
        let output = Pipe()
        let errors = Pipe()

        init(_ arguments: [String]) throws {
            process.executableURL = try CrashTests.writer()
            process.arguments = arguments
            process.standardOutput = output
            process.standardError = errors
        }

        /// What it said to be safe last; a line that is not whole is none.
        func acknowledged() -> UInt64 {
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().last.flatMap { UInt64($0) } ?? 0
        }
    }

    @Test("A process that reads a log is killed at any moment: what it acknowledged is there, and reading the log again makes it whole")
    func killed() throws {
        let seed = RandomTest.seed()
        var random = SplitMix64(seed: seed)
        let folder = try TemporaryFolder()
        let lines = [TestLog.banner] + TestLog.lines(6_000, .none, &random)
        let log = folder.url.appending(path: "log")
        try Data(lines.joined().utf8).write(to: log)
        let wanted = Decisions.of(lines)
        var database = folder.url.appending(path: "0.sqlite").path
        var safe: UInt64 = 0
        var killed = 0
        for round in 0..<Self.rounds {
            let child = try Child([database, log.path, "host", "\(50 + random.below(400))"])
            try child.process.run()
            usleep(UInt32(random.below(round % 2 == 0 ? 40_000 : 250_000)))
            kill(child.process.processIdentifier, SIGKILL)
            let acknowledged = child.acknowledged()
            child.process.waitUntilExit()
            if child.process.terminationReason == .uncaughtSignal { killed += 1 }
            safe = max(safe, acknowledged)
            guard FileManager.default.fileExists(atPath: database) else { continue }
            let store = try SQLiteStore(database)
            #expect(try store.damages().isEmpty, "seed \(seed), round \(round)")
            let records = try store.all().map(\.decision)
            #expect(UInt64(records.count) >= safe, "seed \(seed), round \(round)")
            #expect(records == Array(wanted.prefix(records.count)), "seed \(seed), round \(round)")
            #expect(try store.totals(DenialFilter()).records == UInt64(records.count), "seed \(seed), round \(round)")
            #expect(try store.groups(DenialFilter(), by: .types, limit: 1_000).reduce(0) { $0 + $1.count } == UInt64(records.count))
            // Begins anew now and then, whole.
            if random.percent(30) {
                try store.ingest(lines)
                #expect(try store.all().map(\.decision) == wanted, "seed \(seed), round \(round)")
                database = folder.url.appending(path: "\(round + 1).sqlite").path
                safe = 0
            }
        }
        #expect(killed > 0)
    }

    @Test("Where there is no more room it is said, what was acknowledged is there, and reading again with room makes it whole", arguments: [100_000, 300_000])
    func full(limit: Int) throws {
        var random = SplitMix64(seed: RandomTest.seed())
        let folder = try TemporaryFolder()
        let lines = [TestLog.banner] + TestLog.lines(12_000, .date, &random)
        let log = folder.url.appending(path: "log"), database = folder.url.appending(path: "a.sqlite").path
        try Data(lines.joined().utf8).write(to: log)
        let child = try Child([database, log.path, "host", "500", "\(limit)"])
        try child.process.run()
        let acknowledged = child.acknowledged()
        let words = String(decoding: child.errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        child.process.waitUntilExit()
        #expect(child.process.terminationStatus == 1 && words.hasPrefix("full: "), "\(words)")
        let store = try SQLiteStore(database)
        #expect(try store.damages().isEmpty)
        #expect(try UInt64(store.all().count) >= acknowledged)
        try store.ingest(lines)
        #expect(try store.all().map(\.decision) == Decisions.of(lines))
    }

    @Test("Processes that read logs at once wait for each other, and one who asks meanwhile sees whole batches")
    func together() throws {
        var random = SplitMix64(seed: RandomTest.seed())
        let folder = try TemporaryFolder()
        let database = folder.url.appending(path: "a.sqlite").path
        let lines = [TestLog.banner] + TestLog.lines(4_000, .date, &random)
        // Two read the same log, one another host's.
        let log = folder.url.appending(path: "log")
        try Data(lines.joined().utf8).write(to: log)
        let children = try ["host", "host", "other"].map { try Child([database, log.path, $0, "100"]) }
        for child in children { try child.process.run() }
        var seen: [UInt64] = []
        while children.contains(where: \.process.isRunning) {
            guard let store = try? SQLiteStore(database, .read) else { continue }
            let records = try store.totals(DenialFilter()).records
            #expect(try store.groups(DenialFilter(), by: .contexts, limit: 10_000).reduce(0) { $0 + $1.count } >= records)
            seen.append(records)
        }
        for child in children {
            #expect(child.acknowledged() == 4_000, "\(String(decoding: child.errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self))")
            #expect(child.process.terminationStatus == 0)
        }
        #expect(seen == seen.sorted())
        let store = try SQLiteStore(database)
        for host in ["host", "other"] {
            var filter = DenialFilter()
            filter.host = Array(host.utf8)
            #expect(try store.all(filter).map(\.decision).counted() == Decisions.of(lines).counted())
        }
        #expect(try store.damages().isEmpty)
    }
}
