import Foundation
import TestSupport
import Testing

@testable import XenStore

/// The programs of Debian's xenstore-utils, as they are, against the server.
@Suite("Debian's clients")
struct DebianClientTests {
    static let names = ["ls", "read", "write", "exists", "rm", "list", "chmod", "watch"]

    /// Where the programs are that are missing; they are real ones, not scripts.
    static let missing = names.filter { BuiltPackage.executable(program($0)) == nil }

    static func program(_ name: String) -> URL { URL(fileURLWithPath: "/usr/bin/xenstore-\(name)") }

    @Test("the programs are installed")
    func areThere() {
        guard !Self.missing.isEmpty else { return }
        Peer.missing("xenstore-utils: \(Self.missing) did not run against the server")
    }

    /// A server with a socket for the programs.
    private final class Served {
        let folder: TemporaryFolder
        let server: XenStoreServer
        let path: String

        init() throws {
            let folder = try TemporaryFolder()
            path = folder.url.appendingPathComponent("socket").path
            server = try XenStoreServer()
            try server.listen(onSocketAt: path)
            self.folder = folder
        }

        /// Runs a program; the environment tells it the socket.
        func run(_ name: String, _ arguments: String...) throws -> ProcessResult {
            try ProcessResult.run(
                URL(fileURLWithPath: "/usr/bin/env"),
                ["XENSTORED_PATH=\(path)", DebianClientTests.program(name).path] + arguments)
        }

        deinit { server.stop() }
    }

    @Test("values are written, read, found, listed and removed", .enabled(if: missing.isEmpty))
    func values() throws {
        let served = try Served()
        #expect(try served.run("write", "/vm/a", "one", "/vm/b/c", "two words").status == 0)
        #expect(try served.run("read", "/vm/a").text == "one\n")
        #expect(try served.run("read", "-p", "/vm/b/c").text == "/vm/b/c: two words\n")
        #expect(try served.run("exists", "/vm/a").status == 0)
        #expect(try served.run("exists", "/vm/none").status != 0)
        #expect(try served.run("list", "/vm").text == "a\nb\n")
        #expect(try served.run("list", "-p", "/vm").text == "/vm/a\n/vm/b\n")
        #expect(try served.server.read("/vm/b/c") == Array("two words".utf8))
        #expect(try served.run("rm", "/vm/b").status == 0)
        #expect(try served.run("read", "/vm/b/c").status != 0)
        // It takes parents that are left empty away too.
        #expect(try served.run("rm", "-t", "/vm/a").status == 0)
        #expect(try served.run("list", "/").text == "tool\n")
        #expect(try served.run("read", "/bad//path").status != 0)
        #expect(try served.run("write", "/raw", "a\\tb\\x01").status == 0)
        #expect(try served.run("read", "/raw").text == "a\\tb\\001\n")
        // A relative path of domain 0.
        #expect(try served.run("write", "name", "Domain-0").status == 0)
        #expect(try served.server.read("/local/domain/0/name") == Array("Domain-0".utf8))
    }

    @Test("a whole tree is listed, with permissions, however many children a node has", .enabled(if: missing.isEmpty))
    func tree() throws {
        let served = try Served()
        for index in 0..<1_200 { try served.server.write("/many/child-\(index)", Array(String(index).utf8)) }
        let shared = NodePermissions(owner: 3, others: .read, [.init(domain: 5, access: .both)])
        try served.server.write("/a/b", Array("1".utf8), permissions: shared)
        let all = try served.run("ls", "-f").text
        #expect(all.contains("/a/b = \"1\"\n"))
        #expect(all.split(separator: "\n").count { $0.hasPrefix("/many/child-") } == 1_200)
        let one = try served.run("ls", "-p", "/a").text
        #expect(one.contains("b = \"1\"") && one.contains("(r3,b5)"), "\(one)")
    }

    @Test("permissions are set, recursively too", .enabled(if: missing.isEmpty))
    func permissions() throws {
        let served = try Served()
        try served.server.write("/a/b/c", [])
        #expect(try served.run("chmod", "/a", "n0", "r5").status == 0)
        #expect(try served.server.permissions(of: "/a") == NodePermissions(owner: 0, [.init(domain: 5, access: .read)]))
        #expect(try served.server.permissions(of: "/a/b") == NodePermissions(owner: 0))
        #expect(try served.run("chmod", "-r", "/a", "b7").status == 0)
        #expect(try served.server.permissions(of: "/a/b/c") == NodePermissions(owner: 7, others: .both))
    }

    @Test("a watch tells what others change", .enabled(if: missing.isEmpty))
    func watch() async throws {
        let served = try Served()
        let (path, server) = (served.path, served.server)
        try server.write("/w/x", [])
        async let watching = Task.detached {
            try ProcessResult.run(
                URL(fileURLWithPath: "/usr/bin/env"),
                ["XENSTORED_PATH=\(path)", Self.program("watch").path, "-n", "4", "/w"])
        }.value
        // Its first event comes when it has begun to watch; until then, changes are not told.
        let ended = TestFlag()
        async let changing: Void = Task.detached {
            for index in 0..<5_000 where !ended.isSet {
                try server.write("/w/x/\(index)", [])
                try await Task.sleep(for: .milliseconds(2))
            }
        }.value
        let result = try await watching
        ended.set()
        try await changing
        let lines = result.text.split(separator: "\n")
        #expect(lines.count == 4 && lines.first == "/w", "\(result.text)")
        #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("/w/x/") })
    }

    @Test("transactions that meet are done again by the programs until all are in", .enabled(if: missing.isEmpty))
    func meeting() async throws {
        let served = try Served()
        let (path, server) = (served.path, served.server)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    for round in 0..<5 {
                        let values = ["/t/\(worker)-\(round)", "1", "/u/\(round)", "2"]
                        let result = try ProcessResult.run(
                            URL(fileURLWithPath: "/usr/bin/env"),
                            ["XENSTORED_PATH=\(path)", Self.program("write").path] + values)
                        #expect(result.status == 0)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try server.children(of: "/t").count == 20)
        _ = served.path
    }
}
