import Foundation
import TestSupport
import Testing

@Suite("xsm-audit serve shows what is kept, to whom it may, as text")
struct ServeCommandTests {
    private static let lines =
        (0..<60).map { PageLines.line("alpha", $0, "domU_t", "dom0_t", "grant", "map_read") }
        + (0..<20).map { PageLines.line("beta", 90 + $0, "dom0_t", "domU_t", "domain", "pause") }

    @Test("The overview, a group, single decisions, hosts and notices are there, and links lead on")
    func pages() throws {
        let folder = try TemporaryFolder()
        let served = try ServedPages(Self.lines + ["2026-11-20T19:00:00Z beta xen: (XEN) FLASK: Denying unknown domctl: 99"], in: folder)
        let overview = try served.get("/")
        #expect(overview.status == 200)
        for part in ["80 decisions", "2 starts of 2 hosts", "<code>domU_t</code>", "grant { map_read }", "<path class=\"edge\"", "<rect class=\"bar\""] {
            #expect(overview.body.contains(part), "\(part): \(overview.body)")
        }
        let link = try #require(overview.body.firstMatch(of: /<a href="(\/group\?[^"]*class=grant[^"]*)">why/)?.1)
        let group = try served.get(link.replacingOccurrences(of: "&amp;", with: "&"))
        #expect(group.body.contains("60 decisions") && group.body.contains("GNTTABOP_map_grant_ref"), "\(group.body)")
        #expect(try served.get("/decisions?host=beta").body.components(separatedBy: "<code>system_u:system_r:dom0_t</code>").count == 21)
        // Counts are of hours, and say so; single decisions are exact.
        let minute = "?from=2026-11-20T18:01&to=2026-11-20T18:01"
        #expect(try served.get("/" + minute).body.contains("Counted by whole hours"))
        #expect(try !served.get("/?from=2026-11-20T18:00&to=2026-11-20T18:59").body.contains("Counted by whole hours"))
        #expect(try served.get("/?to=2026-11-20T17:59").body.contains("Nothing here is like that"))
        #expect(try served.get("/decisions" + minute).body.components(separatedBy: "<tr><td class").count == 21)
        #expect(try served.get("/hosts").body.contains("<a href=\"/?host=alpha\">alpha</a>"))
        #expect(try served.get("/notices").body.contains("Denying unknown domctl: 99"))
        #expect(try served.get("/?live=1").body.contains("http-equiv=\"refresh\" content=\"5\""))
        #expect(try served.get("/?domain=x").body.contains("a domain is a number"))
        #expect(try served.get("/gone").status == 404)
        #expect(try served.get("/", method: "HEAD").body.isEmpty)
        #expect(try served.get("/", method: "POST", form: "a=b").status == 405)
    }

    @Test("A policy explains, and its source has what would allow it")
    func explained() throws {
        let folder = try TemporaryFolder()
        let policy = BuiltPackage.repository.appendingPathComponent("Policies/reference").path
        let served = try ServedPages(
            [PageLines.line("h", 1, "domU_t", "xenstore_t", "grant", "map_read")], in: folder, ["--policy", policy, "--xen-release", "4.17"])
        let query = "?source=domU_t&target=xenstore_t&class=grant"
        let group = try served.get("/group" + query)
        #expect(group.body.contains("no rule gives it") && group.body.contains("the policy denies it"), "\(group.body)")
        let suggested = try served.get("/suggest" + query)
        #expect(suggested.body.contains("map_grants_of(domU_t, xenstore_t)") && suggested.body.contains("+++ b/modules/"), "\(suggested.body)")
    }

    @Test("What a log grows by is on the page soon, also when the log is replaced")
    func live() throws {
        let folder = try TemporaryFolder()
        let log = folder.url.appendingPathComponent("growing")
        try Data((Self.lines[0] + "\n").utf8).write(to: log)
        let served = try ServedPages([], in: folder, logs: ["growing"])
        func wait(for count: String) throws {
            let end = Date(timeIntervalSinceNow: 60)
            var body = ""
            repeat {
                body = try served.get("/").body
                if body.contains("<h1>\(count)") { return }
                usleep(50_000)
            } while Date() < end
            Issue.record("\(count) never came: \(body)")
        }
        try wait(for: "1 decision<")
        let file = try FileHandle(forWritingTo: log)
        try file.seekToEnd()
        try file.write(contentsOf: Data((Self.lines[1...9].joined(separator: "\n") + "\n").utf8))
        try wait(for: "10 decisions<")
        try FileManager.default.moveItem(at: log, to: folder.url.appendingPathComponent("growing.1"))
        try Data((Self.lines[60...64].joined(separator: "\n") + "\n").utf8).write(to: log)
        try wait(for: "15 decisions<")
    }

    @Test("Whatever a log holds is text on every page, and every link leads to what it names")
    func hostile() throws {
        let folder = try TemporaryFolder()
        let served = try ServedPages(
            PageLines.hostile.enumerated().map { PageLines.line("h\($0)", $0, $1.replacingOccurrences(of: " ", with: "_"), "domU_t", "mmu", "map_read") }
                + ["-9223372036854775808", "9223372036854775807", "0"].map { time in
                    #"{"__REALTIME_TIMESTAMP":"\#(time)","_HOSTNAME":"j","MESSAGE":"(XEN) avc:  denied  { pause } for source=d1 target=d2 "#
                        + #"scontext=u:r::s0 tcontext=u:r:b_t:s0 tclass=domain"}"#
                } + ["2026-11-20T19:00:00Z beta xen: (XEN) FLASK: Denying unknown \(PageLines.hostile[0])"], in: folder)
        var paths = ["/", "/decisions", "/hosts", "/notices", "/?source=%22%3E%3Cscript%3E&host=%00%ff"]
        let overview = try served.get("/").body
        let links = overview.matches(of: /href="([^"]*)"/).map { $0.1.replacingOccurrences(of: "&amp;", with: "&") }
        paths += links.filter { $0.hasPrefix("/group") || $0.hasPrefix("/?source") }
        #expect(paths.count > 2 * PageLines.hostile.count)
        for path in paths {
            let page = try served.get(path)
            #expect(page.status == 200, "\(path)")
            for part in ["<script", "<img", "<h1>x", "onmouseover='", "\u{202e}", "javascript:alert(1)\""] { #expect(!page.body.contains(part), "\(path): \(part)") }
            #expect(!page.body.contains("Nothing here is like that") || path.contains("script%3E&host"), "\(path)")
        }
    }

    @Test("Without a token nobody is answered by another name; with one, nobody who does not know it")
    func gate() throws {
        let folder = try TemporaryFolder()
        let open = try ServedPages(Self.lines, in: folder)
        #expect(try open.get("/", host: "evil.example:\(open.port)").status == 421)
        #expect(try open.get("/", host: "localhost:\(open.port)").status == 200)
        #expect(try open.get("/suggest", "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image\r\n").status == 403)
        #expect(try open.get("/", "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n").status == 200)
        let word = "0123456789abcdef-a-word"
        let file = folder.url.appendingPathComponent("token")
        try Data((word + "\n").utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
        let served = try ServedPages([], in: folder, ["--token", "token"])
        for path in ["/", "/decisions", "/suggest", "/sign-inx"] {
            let refused = try served.get(path)
            #expect(refused.status == 401 && !refused.body.contains("domU_t") && !refused.body.contains("href=\"/\""), "\(path): \(refused.body)")
        }
        #expect(try served.get("/", "Authorization: Bearer \(word)\r\n").body.contains("80 decisions"))
        #expect(try served.get("/", "Authorization: Bearer \(word)x\r\n").status == 401)
        #expect(try served.get("/", "Cookie: xsm-audit-\(served.port)=\(word)\r\n").status == 401)
        #expect(try served.get("/sign-in", method: "POST", form: "token=wrong&next=/").status == 401)
        let signed = try served.get("/sign-in", method: "POST", form: "token=\(word)&next=%2Fhosts%3Flive%3D1")
        #expect(signed.status == 303 && signed.head.contains("Location: /hosts?live=1\r\n"), "\(signed.head)")
        let cookie = try #require(signed.head.firstMatch(of: /Set-Cookie: (xsm-audit-[0-9]+=[0-9a-f]{64}); Path=\/; HttpOnly; SameSite=Strict/)?.1)
        #expect(!signed.head.contains(word))
        #expect(try served.get("/", "Cookie: a=b; \(cookie)\r\n").body.contains("80 decisions"))
        // Not to a page of somebody else's.
        for next in ["//evil.example/", "https://evil.example/", "/\\evil.example", "/%0d%0aX: y"] {
            #expect(try served.get("/sign-in", method: "POST", form: "token=\(word)&next=\(next)").head.contains("Location: /\r\n"), "\(next)")
        }
    }

    @Test("What cannot be served is said before anybody connects")
    func refused() throws {
        let folder = try TemporaryFolder()
        let tool = try #require(BuiltPackage.auditTool, "xsm-audit is not there")
        try Data("SQLite? No.".utf8).write(to: folder.url.appendingPathComponent("other"))
        try Data("short\n".utf8).write(to: folder.url.appendingPathComponent("short"))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder.url.appendingPathComponent("short").path)
        try Data("0123456789abcdef\n".utf8).write(to: folder.url.appendingPathComponent("public"))
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder.url.appendingPathComponent("public").path)
        for (arguments, part) in [
            ([], "there is no database"), (["--store", "gone"], "cannot be opened"), (["--store", "other"], "is no database of xsm-audit's"),
            (["--store", "gone", "--listen", "0.0.0.0:0"], "can be reached from elsewhere"), (["--store", "gone", "--listen", "name:1"], "is no address"),
            (["--store", "gone", "--token", "short"], "is no word of at least 16"), (["--store", "gone", "--token", "public"], "chmod 600"),
            (["--store", "gone", "--token", "absent"], "no such file"), (["--store", "gone", "--refresh", "0"], "1 to 3600"),
        ] {
            let result = try ProcessResult.run(tool, ["serve"] + arguments, in: folder.url)
            #expect(result.status == 2 && result.text.contains(part), "\(arguments): \(result.text)")
        }
    }
}
