import AuditFleet
import Foundation
import TestSupport
import Testing

/// A receiver of OTLP that takes nothing but what OpenTelemetry's own definitions have: `opentelemetry-proto` of the Python Package Index, whose reader of JSON
/// fails at every name that it does not know. It keeps what it took, written again by the same library.
final class OTLPReceiver {
    /// Where `scripts/setup test` has it.
    static let library = BuiltPackage.repository.appending(path: ".build/peers/opentelemetry")
    static var isThere: Bool { FileManager.default.fileExists(atPath: library.appending(path: "opentelemetry/proto/collector/logs/v1/logs_service_pb2.py").path) }

    /// One that runs; nil, and said, where there is none.
    static func started(as identity: ServerIdentity? = nil) throws -> OTLPReceiver? {
        guard isThere else {
            Peer.missing("opentelemetry-proto (`scripts/setup test`): what is sent was not read by OpenTelemetry's own definitions")
            return nil
        }
        return try OTLPReceiver(as: identity)
    }

    private static let program = """
        import http.server, json, sys
        from google.protobuf import json_format
        from opentelemetry.proto.collector.logs.v1 import logs_service_pb2 as service

        class Receiver(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def log_message(self, *words): pass
            def answer(self, status, value):
                body = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if len(body) > int(sys.argv[2]): return self.answer(413, {"code": 8, "message": "too much"})
                if self.path != "/v1/logs": return self.answer(404, {"message": "no such path"})
                if self.headers["Content-Type"] != "application/json": return self.answer(415, {"message": "no JSON"})
                try:
                    request = json_format.Parse(body, service.ExportLogsServiceRequest(), ignore_unknown_fields=False)
                except Exception as error:
                    return self.answer(400, {"code": 3, "message": str(error)})
                told = {"authorization": self.headers["Authorization"], "size": len(body), "request": json_format.MessageToDict(request)}
                with open(sys.argv[1], "a") as file: file.write(json.dumps(told) + "\\n")
                self.answer(200, json_format.MessageToDict(service.ExportLogsServiceResponse()))
        """

    private let folder: TemporaryFolder
    private let server: PythonServer
    var port: Int { server.port }
    private var file: URL { folder.url.appending(path: "told") }

    init(limit: Int = 1 << 22, as identity: ServerIdentity? = nil) throws {
        folder = try TemporaryFolder()
        server = try PythonServer(
            Self.program, handler: "Receiver", [folder.url.appending(path: "told").path, String(limit)], library: Self.library, as: identity)
    }

    /// What it took, a request each.
    func requests() throws -> [[String: Any]] {
        guard FileManager.default.fileExists(atPath: file.path) else { return [] }
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    /// The records that it took, each with the attributes of its resource.
    func records() throws -> [(resource: [String: Any], record: [String: Any], attributes: [String: Any])] {
        try requests().flatMap { request in
            let resources = (request["request"] as? [String: Any])?["resourceLogs"] as? [[String: Any]] ?? []
            return resources.flatMap { resource in
                let about = Self.attributes(resource["resource"] as? [String: Any] ?? [:])
                return (resource["scopeLogs"] as? [[String: Any]] ?? []).flatMap { scope in
                    (scope["logRecords"] as? [[String: Any]] ?? []).map { (about, $0, Self.attributes($0)) }
                }
            }
        }
    }

    private static func attributes(_ value: [String: Any]) -> [String: Any] {
        let pairs = (value["attributes"] as? [[String: Any]] ?? []).compactMap { pair -> (String, Any)? in
            guard let key = pair["key"] as? String, let value = pair["value"] as? [String: Any] else { return nil }
            return (key, Self.value(value))
        }
        return Dictionary(pairs) { _, _ in "twice" }
    }

    /// Text, a number, bytes or a list of texts.
    static func value(_ value: [String: Any]) -> Any {
        if let text = value["stringValue"] { return text }
        if let number = value["intValue"] as? String { return Int(number) ?? number }
        if let bytes = value["bytesValue"] as? String { return Data(base64Encoded: bytes) ?? bytes }
        if let list = (value["arrayValue"] as? [String: Any]) { return (list["values"] as? [[String: Any]] ?? []).map { Self.value($0) as? String } }
        return "unknown"
    }
}
