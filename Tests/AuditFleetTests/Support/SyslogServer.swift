import AuditFleet
import Foundation
import TestSupport
import Testing

/// The real rsyslogd, as Debian has it, that writes what it understood of each message as JSON; nobody's privileges, ports on loopback.
final class SyslogServer: @unchecked Sendable {
    /// Where `scripts/setup test` has it.
    static let program = BuiltPackage.repository.appending(path: ".build/peers/rsyslog/rsyslogd").path
    static var isThere: Bool { FileManager.default.isExecutableFile(atPath: program) }

    /// One that runs; nil, and said, where there is none.
    static func started() throws -> SyslogServer? {
        guard isThere else {
            Peer.missing("rsyslog (`scripts/setup test`): no real server of syslog took what is sent")
            return nil
        }
        // Somebody else may take a port before it does.
        for _ in 0..<4 {
            if let server = try? SyslogServer() { return server }
        }
        return try SyslogServer()
    }

    let tcp: UInt16, udp: UInt16, relp: UInt16
    private let folder: TemporaryFolder
    private var process: PeerProgram?
    private var file: URL { folder.url.appending(path: "messages") }

    init() throws {
        folder = try TemporaryFolder()
        let ports = try freePorts(3)
        (tcp, udp, relp) = (ports[0], ports[1], ports[2])
        // Each message is written before it is acknowledged: a queue of rsyslog's would be lost with it, unless one on its disk is configured.
        let configuration = """
            global(workDirectory="\(folder.url.path)" maxMessageSize="64k" parser.escapeControlCharactersOnReceive="off")
            main_queue(queue.type="Direct")
            module(load="imtcp")
            module(load="imudp")
            module(load="imrelp")
            module(load="mmpstrucdata")
            input(type="imtcp" address="127.0.0.1" port="\(tcp)")
            input(type="imudp" address="127.0.0.1" port="\(udp)")
            input(type="imrelp" address="127.0.0.1" port="\(relp)" maxDataSize="64k")
            template(name="all" type="list" option.jsonf="on") {
                property(outname="raw" name="rawmsg" format="jsonf")
                property(outname="host" name="hostname" format="jsonf")
                property(outname="app" name="app-name" format="jsonf")
                property(outname="process" name="procid" format="jsonf")
                property(outname="kind" name="msgid" format="jsonf")
                property(outname="time" name="timereported" dateFormat="rfc3339" format="jsonf")
                property(outname="facility" name="syslogfacility" format="jsonf")
                property(outname="severity" name="syslogseverity" format="jsonf")
                property(outname="data" name="structured-data" format="jsonf")
                property(outname="version" name="protocol-version" format="jsonf")
                property(outname="words" name="msg" format="jsonf")
                property(outname="parsed" name="$!rfc5424-sd" format="jsonf")
            }
            action(type="mmpstrucdata" sd_name.lowercase="off")
            action(type="omfile" file="\(folder.url.path)/messages" template="all" asyncWriting="off" flushOnTXEnd="on")
            """
        try Data(configuration.utf8).write(to: folder.url.appending(path: "rsyslog.conf"))
        try start()
    }

    func start() throws {
        // With the file of one that was killed it would wait until nobody has its number.
        process = try PeerProgram(Self.program, ["-n", "-f", folder.url.appending(path: "rsyslog.conf").path, "-i", folder.url.appending(path: UUID().uuidString).path])
        let listens = eventually(3) { ScriptedServer.isListening(tcp) && ScriptedServer.isListening(relp) }
        guard listens else {
            kill()
            throw POSIXError(.EADDRINUSE)
        }
    }

    /// As by a failure of the power of its machine, but for what its disk was told.
    func kill() {
        process?.kill()
        process = nil
        _ = eventually(3) { !ScriptedServer.isListening(tcp) && !ScriptedServer.isListening(relp) }
        endLine()
    }

    /// What it was writing has no end: what the next one writes, which is the same message again, is not to stand behind that in one line.
    private func endLine() {
        guard let file = try? FileHandle(forUpdating: file) else { return }
        defer { try? file.close() }
        guard let size = try? file.seekToEnd(), size > 0, (try? file.seek(toOffset: size - 1)) != nil, (try? file.read(upToCount: 1)) != Data("\n".utf8) else { return }
        try? file.write(contentsOf: Data("\n".utf8))
    }

    /// How many bytes it wrote.
    var size: Int { (try? FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int) ?? 0 }

    /// What it understood, once there are so many messages. Lines may be cut by its being killed.
    func messages(atLeast count: Int = 0) throws -> [[String: Any]] {
        func lines() -> [Substring] { (try? String(contentsOf: file, encoding: .utf8))?.split(separator: "\n") ?? [] }
        _ = eventually { lines().count >= count }
        return lines().compactMap { try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
    }

    /// The structured data of a message under a number, as mmpstrucdata has it.
    static func data(_ message: [String: Any], _ enterprise: Int) -> [String: String]? {
        guard let text = message["parsed"] as? String else { return nil }
        let data = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        return data?["xen-flask@\(enterprise)"] as? [String: String]
    }
}
