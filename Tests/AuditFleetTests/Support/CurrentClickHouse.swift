import AuditFleet
import AuditStore
import Foundation
import TestSupport
import Testing

/// A current ClickHouse in a process of Python's (`chdb-core` of the Python Package Index), behind as much of the server's protocol as is used: Debian's is
/// years older. It has no clusters; statements for those are read by its parser, and no more.
final class CurrentClickHouse {
    /// Where `scripts/setup test` has it.
    private static let library = BuiltPackage.repository.appending(path: ".build/peers/chdb")
    private static var isThere: Bool { FileManager.default.fileExists(atPath: library.appending(path: "chdb/session").path) }

    /// One that runs; nil, and said, where there is none.
    static func started(as identity: ServerIdentity? = nil) throws -> CurrentClickHouse? {
        guard isThere else {
            Peer.missing("chdb-core (`scripts/setup test`): no current ClickHouse was asked")
            return nil
        }
        return try CurrentClickHouse(as: identity)
    }

    private static let program = """
        import http.server, os, sys, threading, urllib.parse
        from chdb import session
        threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
        session = session.Session(sys.argv[1] + "/data")

        class Server(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def log_message(self, *words): pass
            def do_POST(self):
                settings = {k: v[0] for k, v in urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query).items()}
                body = self.rfile.read(int(self.headers["Content-Length"]))
                text = settings.get("query") or body.decode("ascii")
                try:
                    if "database" in settings: session.query("USE " + settings["database"])
                    if "query" in settings:
                        rows = sys.argv[1] + "/rows"
                        with open(rows, "wb") as file: file.write(body)
                        text = text.replace(" FORMAT RowBinary", " FROM INFILE '" + rows + "' FORMAT RowBinary")
                    if " ON CLUSTER " in text: text = "SELECT formatQuery(unhex('" + text.encode().hex() + "'))"
                    result = session.query(text, "RowBinary")
                    status, answer = 200, result.bytes() if result is not None else b""
                except Exception as error:
                    status, answer = 500, str(error).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)
        """

    private let folder: TemporaryFolder
    private let server: PythonServer
    var port: Int { server.port }

    private init(as identity: ServerIdentity?) throws {
        folder = try TemporaryFolder()
        server = try PythonServer(Self.program, handler: "Server", [folder.url.path], library: Self.library, as: identity)
    }
}
