import Foundation
import TestSupport
import Testing

/// A server of HTTP that is a class of Python's; by TLS where it is told who it is.
final class PythonServer {
    private static func serving(_ handler: String) -> String {
        """

        import os, ssl
        server = http.server.HTTPServer(("127.0.0.1", 0), \(handler))
        if "SERVER_IDENTITY" in os.environ:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(os.environ["SERVER_IDENTITY"])
            server.socket = context.wrap_socket(server.socket, server_side=True)
        print(server.server_address[1], flush=True)
        server.serve_forever()
        """
    }

    private let process: PeerProgram
    let port: Int

    /// - Parameters:
    ///   - program: a text that has `http.server` and a class of the name `handler`.
    ///   - library: where the program's modules are.
    init(_ program: String, handler: String, _ arguments: [String], library: URL, as identity: ServerIdentity? = nil) throws {
        var environment = ["PYTHONPATH": library.path]
        if let file = identity?.file { environment["SERVER_IDENTITY"] = file }
        process = try PeerProgram("/usr/bin/python3", ["-c", program + Self.serving(handler)] + arguments, environment: environment)
        let line = try #require(String(data: process.output.fileHandleForReading.availableData, encoding: .utf8))
        port = try #require(Int(line.trimmingCharacters(in: .whitespacesAndNewlines)), "the server did not start: \(line)")
    }
}
