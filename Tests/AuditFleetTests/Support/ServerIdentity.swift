import Foundation
import TestSupport
import Testing

/// A server's key and its certificate for an address, signed by itself: who believes it names its file as authority.
final class ServerIdentity {
    private let folder: TemporaryFolder
    /// The key and the certificate.
    var file: String { folder.url.appending(path: "server.pem").path }
    /// The certificate alone.
    var authority: String { folder.url.appending(path: "authority.pem").path }

    init(_ address: String) throws {
        folder = try TemporaryFolder()
        let key = folder.url.appending(path: "key.pem")
        let words = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc", "-days", "2", "-subj", "/CN=peer"]
        let made = try ProcessResult.run(
            URL(fileURLWithPath: "/usr/bin/openssl"), words + ["-addext", "subjectAltName=IP:" + address, "-keyout", key.path, "-out", authority])
        try #require(made.status == 0, "\(made.text)")
        try (Data(contentsOf: key) + Data(contentsOf: URL(fileURLWithPath: authority))).write(to: URL(fileURLWithPath: file))
    }
}
