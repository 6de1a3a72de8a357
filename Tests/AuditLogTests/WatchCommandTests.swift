import Foundation
import TestSupport
import Testing

@Suite("xsm-audit watch sees what comes, and brings alerts")
struct WatchCommandTests {
    private static func line(_ source: String) -> String {
        "(XEN) avc:  denied  { map_read } for source=d0 target=d1 scontext=a:b:\(source) tcontext=a:b:t tclass=mmu\n"
    }

    /// A process that runs while a test does something.
    private final class Running {
        let process = Process()
        private let output: URL

        init(_ program: URL, _ arguments: [String], output: URL) throws {
            self.output = output
            try Data().write(to: output)
            let handle = try FileHandle(forWritingTo: output)
            process.executableURL = program
            process.arguments = arguments
            process.standardOutput = handle
            process.standardError = handle
            try process.run()
        }

        var text: String { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }

        /// Waits until it has said something, for as long as the slowest machine takes.
        func waits(for words: String) -> Bool {
            for _ in 0..<3_000 {
                if text.contains(words) { return true }
                usleep(20_000)
            }
            return false
        }

        deinit { process.kill() }
    }

    private static func append(_ text: String, to file: URL) throws {
        let handle = try FileHandle(forWritingTo: file)
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(text.utf8))
        try handle.close()
    }

    @Test("What comes is seen, before and after the log is rotated and cut; what was there is known")
    func follows() throws {
        let tool = try #require(BuiltPackage.auditTool, "xsm-audit is not there")
        let folder = try TemporaryFolder()
        let (log, old) = (folder.url.appendingPathComponent("log"), folder.url.appendingPathComponent("log.1"))
        try Data(Self.line("known").utf8).write(to: log)
        let watch = try Running(
            tool, ["watch", "--command", "cat >>'\(folder.url.path)/alerts'", "--alert", "new", "--alert", "rate=50/60", log.path],
            output: folder.url.appendingPathComponent("output"))
        // It has read what was there when something new is seen: one line is written again and again until it is.
        var isSeen = false
        for number in 0..<300 where !isSeen {
            try Self.append(Self.line("known") + Self.line("first\(number)"), to: log)
            usleep(100_000)
            isSeen = watch.text.contains("first")
        }
        #expect(isSeen && !watch.text.contains("known"))
        try FileManager.default.moveItem(at: log, to: old)
        try Self.append(Self.line("late"), to: old)
        try Data(Self.line("second").utf8).write(to: log)
        #expect(watch.waits(for: "second") && watch.text.contains("denied late to t"))
        try Data(Self.line("x").utf8).write(to: log, options: [])
        let handle = try FileHandle(forWritingTo: log)
        try handle.truncate(atOffset: 0)
        usleep(500_000)
        try Self.append(Self.line("third") + String(repeating: Self.line("many"), count: 60), to: log)
        #expect(watch.waits(for: "third") && watch.waits(for: "rate=50/60: denied many to t mmu { map_read }, 50 times, d0 → d1"))
        // The command has been told the same, as JSON.
        var alerts: [String] = []
        for _ in 0..<1_500 where !alerts.contains(where: { $0.contains("rate=50/60") }) {
            usleep(20_000)
            alerts = ((try? String(contentsOf: folder.url.appendingPathComponent("alerts"), encoding: .utf8)) ?? "").split(separator: "\n").map(String.init)
        }
        let objects = try alerts.map { try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]) }
        #expect(objects.contains { $0["alert"] as? String == "rate=50/60" && $0["count"] as? Int == 50 && $0["source"] as? String == "a:b:many" })
    }

    @Test("An address is posted each alert; one that answers with an error is told of")
    func webhook() throws {
        let tool = try #require(BuiltPackage.auditTool, "xsm-audit is not there")
        _ = try #require(BuiltPackage.executable(URL(fileURLWithPath: "/usr/bin/curl")), "curl is not installed: run scripts/setup test")
        let folder = try TemporaryFolder()
        let server = folder.url.appendingPathComponent("server.py")
        try Data(
            """
            import http.server, sys
            class Handler(http.server.BaseHTTPRequestHandler):
                def do_POST(self):
                    body = self.rfile.read(int(self.headers["Content-Length"]))
                    print(self.headers["Content-Type"], body.decode(), flush=True)
                    self.send_response(500 if "refused" in self.path else 204)
                    self.end_headers()
                def log_message(self, *_):
                    pass
            server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
            print("port", server.server_port, flush=True)
            server.serve_forever()
            """.utf8
        ).write(to: server)
        let peer = try Running(URL(fileURLWithPath: "/usr/bin/python3"), [server.path], output: folder.url.appendingPathComponent("server.log"))
        #expect(peer.waits(for: "\n"))
        let port = try #require(peer.text.split(whereSeparator: \.isWhitespace).dropFirst().first)
        let log = folder.url.appendingPathComponent("log")
        try Data(Self.line("one").utf8).write(to: log)
        let done = try ProcessResult.run(tool, ["watch", "--once", "--alert", "new", "--webhook", "http://127.0.0.1:\(port)/alerts", log.path], collecting: .both)
        #expect(done.status == 0 && done.text == "new: denied one to t mmu { map_read }, d0 → d1\n", "\(done.text)")
        #expect(peer.text.contains("application/json {") && peer.text.contains("a:b:one"))
        let refused = try ProcessResult.run(tool, ["watch", "--once", "--webhook", "http://127.0.0.1:\(port)/refused", log.path], collecting: .both)
        #expect(refused.status == 0 && refused.text.contains("warning: an alert was not delivered"), "\(refused.text)")
        #expect(try ProcessResult.run(tool, ["watch", "--webhook", "file:///etc/passwd", log.path], collecting: .both).status == 2)
    }

    @Test("The system's log has each alert as a line of a daemon's warning, and nothing in it ends the line")
    func systemLog() throws {
        let tool = try #require(BuiltPackage.auditTool, "xsm-audit is not there")
        let folder = try TemporaryFolder()
        let log = folder.url.appendingPathComponent("log")
        try Data((Self.line("one") + Self.line("tw\u{9b}o")).utf8).write(to: log)
        // A /dev of its own, so that the log is nobody else's.
        let script = """
            set -e
            mount -t tmpfs tmpfs /dev
            mknod /dev/null c 1 3
            mkfifo /dev/ready
            /usr/bin/python3 -c '
            import socket
            log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            log.bind("/dev/log")
            log.settimeout(60)
            open("/dev/ready", "w").close()
            for _ in range(2): print(log.recv(4096))
            ' &
            read -r line </dev/ready || true
            '\(tool.path)' watch --once --quiet --syslog --alert new '\(log.path)' >/dev/null
            wait
            """
        let result = try ProcessResult.run(URL(fileURLWithPath: "/usr/bin/unshare"), ["--mount", "--propagation", "private", "/bin/sh", "-c", script])
        let lines = result.text.split(separator: "\n").map(String.init)
        #expect(result.status == 0 && lines.count == 2, "it needs root and a mount namespace: \(result.text)")
        for (line, name) in zip(lines, ["one", "tw\\\\x9bo"]) {
            // The facility of daemons is 3, a warning is 4.
            #expect(line.hasPrefix("b'<28>") && line.contains("]: new: denied \(name) to t mmu { map_read }, d0 ") && line.contains(" xsm-audit["), "\(line)")
        }
    }

    @Test("On a terminal there is a table, drawn anew; a pipe's end is the end")
    func terminal() throws {
        let tool = try #require(BuiltPackage.auditTool, "xsm-audit is not there")
        let folder = try TemporaryFolder()
        let log = folder.url.appendingPathComponent("log")
        try Data((Self.line("one") + Self.line("one\u{1b}[2J")).utf8).write(to: log)
        let result = try ProcessResult.run(
            URL(fileURLWithPath: "/usr/bin/script"), ["-qec", "COLUMNS=100 '\(tool.path)' watch --once '\(log.path)'", "/dev/null"], collecting: .both)
        #expect(result.status == 0 && result.text.contains("\u{1b}[H\u{1b}[2J2 decisions since it began") && result.text.contains("COUNT  WHO"), "\(result.text)")
        #expect(result.text.components(separatedBy: "\u{1b}").count == 3)
        let pipe = try ProcessResult.run(
            URL(fileURLWithPath: "/bin/sh"), ["-c", "cat '\(log.path)' | '\(tool.path)' watch --format json -"], collecting: .standard)
        #expect(pipe.status == 0 && pipe.text.split(separator: "\n").count == 1)
        try Data(("Nov 22 10:00:00 alpha xen[1]: " + Self.line("one")).utf8).write(to: log)
        let told = try ProcessResult.run(tool, ["watch", "--once", "--quiet", "--alert", "new", log.path], collecting: .both)
        #expect(told.text == "new: denied one to t mmu { map_read }, d0 → d1, on alpha\n", "\(told.text)")
    }
}
