import Foundation
import TestSupport
import Testing

/// `xsm-audit serve` as a user runs it, on a port that the system chose.
final class ServedPages {
    let folder: URL
    let port: UInt16
    private let process = Process()

    /// Ingests the lines and serves what is kept.
    init(_ lines: [String], in folder: borrowing TemporaryFolder, _ arguments: [String] = [], logs: [String] = []) throws {
        self.folder = folder.url
        let tool = try #require(BuiltPackage.auditTool, "xsm-audit is not there")
        if !lines.isEmpty {
            try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: folder.url.appendingPathComponent("log"))
            let ingested = try ProcessResult.run(tool, ["ingest", "--store", "db", "log"], in: folder.url)
            #expect(ingested.status == 0, "\(ingested.text)")
        }
        let output = Pipe()
        process.executableURL = tool
        process.arguments = ["serve", "--store", "db", "--listen", "127.0.0.1:0"] + arguments + logs
        process.currentDirectoryURL = folder.url
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        var said: [UInt8] = []
        while said.last != UInt8(ascii: "\n"), let piece = try output.fileHandleForReading.read(upToCount: 1), !piece.isEmpty { said += piece }
        let text = String(decoding: said, as: UTF8.self)
        port = try #require(text.dropLast(2).split(separator: ":").last.flatMap { UInt16($0) }, "it says where it listens: \(text)")
    }

    deinit { process.kill() }

    var address: String { "http://127.0.0.1:\(port)" }

    /// A page's head and body.
    func get(_ path: String, _ headers: String = "", method: String = "GET", host: String? = nil, form: String? = nil) throws -> (status: Int, head: String, body: String) {
        let length = form.map { "Content-Length: \($0.utf8.count)\r\n" } ?? ""
        let text = try RawClient(port: port).exchange(
            "\(method) \(path) HTTP/1.1\r\nHost: \(host ?? "127.0.0.1:\(port)")\r\n\(headers)\(length)\r\n\(form ?? "")")
        let parts = text.components(separatedBy: "\r\n\r\n")
        return (Int(text.dropFirst(9).prefix(3)) ?? 0, parts[0], parts.dropFirst().joined(separator: "\r\n\r\n"))
    }
}

enum PageLines {
    /// What a hypervisor prints, with a date, as a host's syslog has it.
    static func line(_ host: String, _ second: Int, _ source: String, _ target: String, _ objectClass: String, _ permission: String) -> String {
        let time = "18:\(second / 60 % 60 < 10 ? "0" : "")\(second / 60 % 60):\(second % 60 < 10 ? "0" : "")\(second % 60)"
        return "2026-11-20T\(time)Z \(host) xen: (XEN) [2026-11-20 \(time)] avc:  denied  { \(permission) } for source=d1 target=d2 "
            + "scontext=system_u:system_r:\(source) tcontext=system_u:system_r:\(target) tclass=\(objectClass)"
    }

    /// Names that would be markup, a script, another place in the page, or a command, if they were not text.
    static let hostile = [
        "<script>document.title='taken'</script>", "\"><img/src=x/onerror=alert(1)>", "'onmouseover='alert(1)", "</title></style></svg><h1>x", "&lt;b&gt;&#60;",
        "javascript:alert(1)", "\u{202e}evil", "{{7*7}}", "]]>", "<!--", "`${1}`", "%3Cscript%3E",
    ]
}
