import AuditFleet
import AuditStore
import Foundation
import TestSupport
import Testing

/// `xsm-audit ship`, as it is run.
extension ClickHouseTests {
    private func run(_ arguments: [String]) throws -> ProcessResult {
        try ProcessResult.apart(#require(BuiltPackage.auditTool, "xsm-audit is built with the tests"), arguments)
    }

    @Test("xsm-audit ship says what was sent and what waits; --follow sends what comes, and goes on when the server is back")
    func command() throws {
        guard let cluster = try ClickHouseCluster.shared() else { return }
        var random = SplitMix64(seed: RandomTest.seed())
        let folder = try TemporaryFolder()
        func path(_ name: String) -> String { folder.url.appending(path: name).path }
        let file = try SQLiteStore(path("a.sqlite"))
        try FleetLog.ingest(file, FleetLog.lines(40, isDated: true, from: 0, &random), host: "alpha")
        let (denials, notices) = (try file.totals(DenialFilter()).records, try file.notices(DenialFilter(), limit: 100).count)
        try Data("user: \(ClickHouseCluster.user)\npassword: \(ClickHouseCluster.password)\n".utf8).write(to: URL(fileURLWithPath: path("who")))
        let address = try cluster.address([0], isOnCluster: false)
        let words = ["ship", "--store", path("a.sqlite"), "--to", address, "--credentials", path("who")]
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path("who"))
        let open = try run(words)
        #expect(open.status == 2 && open.errors.contains("chmod 600") && open.text.isEmpty, "\(open)")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path("who"))
        let early = try run(words)
        #expect(early.status == 1 && early.errors.contains("--create"), "\(early)")
        #expect(early.text == "\(address): 0 decisions and 0 notices sent, \(denials) decisions and \(notices) notice\(notices == 1 ? "" : "s") wait\n")
        let first = try run(words + ["--create", "--format", "json"])
        let told = try #require(try JSONSerialization.jsonObject(with: Data(first.text.utf8)) as? [String: Any])
        #expect(first.status == 0 && first.errors.isEmpty && (told["sent"] as? [String: Int])?["decisions"] == Int(denials), "\(first)")
        #expect((told["waiting"] as? [String: Int]) == ["decisions": 0, "notices": 0])
        let again = try run(words)
        #expect(again.status == 0 && again.text == "\(address): 0 decisions and 0 notices sent, nothing waits\n", "\(again)")
        // It follows while the server goes away and comes back.
        let follower = try PeerProgram(try #require(BuiltPackage.auditTool).path, words + ["--follow", "--batch", "7"])
        let server = try cluster.store(address)
        func isWhole() -> Bool { (try? server.totals(DenialFilter()))?.records == (try? file.totals(DenialFilter()))?.records }
        try FleetLog.ingest(file, FleetLog.lines(30, isDated: true, from: 30_000, &random), host: "beta")
        #expect(eventually(10, isWhole))
        cluster.kill(0)
        try FleetLog.ingest(file, FleetLog.lines(30, isDated: true, from: 60_000, &random), host: "beta")
        usleep(1_200_000)
        #expect(follower.isRunning)
        try cluster.start(0)
        try cluster.waitFor(0)
        #expect(eventually(15, isWhole))
        follower.kill()
        #expect(try server.all() == file.all())
    }

    @Test(
        "What is wrong in a command line is said",
        arguments: [
            [], ["--store", "a"], ["--to", "clickhouse://h/d"], ["--store", "none", "--to", "clickhouse://h/d"], ["--store", "a", "--to", "mysql://h/d"],
            ["--store", "a", "--to", "clickhouse://u:p@h/d"], ["--store", "a", "--to", "clickhouse://h/d", "--batch", "0"],
            ["--store", "a", "--to", "clickhouse://h/d", "--credentials", "none"], ["--store", "a", "--to", "clickhouse://h/d", "x"],
        ])
    func commandMistakes(arguments: [String]) throws {
        let folder = try TemporaryFolder()
        let words = arguments.map { ["a", "none"].contains($0) ? folder.url.appending(path: $0).path : $0 }
        let answer = try run(["ship"] + words)
        #expect(answer.status == 2 && answer.errors.hasPrefix("error: ") && answer.text.isEmpty, "\(answer)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
    }
}
