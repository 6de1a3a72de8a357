import AuditStore
import Foundation
import TestSupport
import Testing

/// `xsm-audit ingest` and `xsm-audit prune`, as they are run.
@Suite struct StoreCommandTests {
    private func run(_ arguments: [String]) throws -> ProcessResult {
        try ProcessResult.apart(#require(BuiltPackage.auditTool, "xsm-audit is built with the tests"), arguments)
    }

    @Test("Logs are kept once, said as text and as JSON; a log that is missing keeps nothing else from being kept")
    func ingest() throws {
        var random = SplitMix64(seed: RandomTest.seed())
        let folder = try TemporaryFolder()
        let log = folder.url.appending(path: "log").path, store = folder.url.appending(path: "a.sqlite").path
        try Data(([TestLog.banner] + TestLog.lines(20, .date, &random)).joined().utf8).write(to: URL(fileURLWithPath: log))
        let first = try run(["ingest", "--store", store, "--host", "alpha", log])
        #expect(first.status == 0 && first.text == "\(log): 20 decisions in 21 lines: 20 new, 0 known\n" && first.errors.isEmpty)
        let again = try run(["ingest", "--store", store, "--host", "alpha", "--format", "json", log + "x", log])
        #expect(again.status == 2 && again.errors.contains("`\(log)x`"))
        let answer = try #require(try JSONSerialization.jsonObject(with: Data(again.text.utf8)) as? [String: Any])
        let logs = try #require(answer["logs"] as? [[String: Any]])
        #expect(logs.map { $0["known"] as? Int } == [0, 20] && logs.map { $0["added"] as? Int } == [0, 0])
        #expect(try SQLiteStore(store, .read).hosts().map(\.name) == [Array("alpha".utf8)])
    }

    @Test("What is older is removed, and what was removed is told")
    func prune() throws {
        var random = SplitMix64(seed: RandomTest.seed())
        let folder = try TemporaryFolder()
        let path = folder.url.appending(path: "a.sqlite").path
        try SQLiteStore(path).ingest([TestLog.banner] + TestLog.lines(20, .date, &random))
        // A year whose age nobody's clock has reached.
        let kept = try run(["prune", "--store", path, "--keep", "10000w", "--size", "1G"])
        #expect(kept.status == 0 && kept.text.hasPrefix("0 decisions removed\n"))
        let removed = try run(["prune", "--store", path, "--size", "1K"])
        #expect(removed.status == 0 && removed.text.hasPrefix("20 decisions removed, from 2026-11-20 00:00:0"))
    }

    @Test(
        "What is wrong is said, with what to do about it, and nothing is made",
        arguments: [
            ["ingest", "log"], ["ingest", "--store", "a"], ["prune", "--store", "none", "--keep", "1d"], ["prune", "--keep", "1d"], ["prune", "--store", "a"],
            ["prune", "--store", "a", "--keep", "1x"], ["prune", "--store", "a", "--size", "99999999999T"], ["prune", "--store", "a", "--keep", "1d", "log"],
        ])
    func mistakes(arguments: [String]) throws {
        let folder = try TemporaryFolder()
        let words = arguments.map { ["a", "none", "log"].contains($0) ? folder.url.appending(path: $0).path : $0 }
        let answer = try run(words)
        #expect(answer.status == 2 && answer.errors.hasPrefix("error: ") && answer.text.isEmpty, "\(answer)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
    }
}
