import Foundation
import TestSupport
import Testing

/// `Tests/Escape`, compiled, beside a copy of it that has root's set-uid bit.
enum EscapeCorpus {
    static let folder = BuiltPackage.repository.appendingPathComponent(".build/escape")
    static let source = BuiltPackage.repository.appendingPathComponent("Tests/Escape")
    static let program = folder.appendingPathComponent("escape")
    static let swarm = folder.appendingPathComponent("swarm")
    private static let isReady = Result { try build() }

    /// Whether the tests can run; it is said loudly where not, and fails in CI.
    static func ready() throws -> Bool {
        guard geteuid() == 0 else {
            Peer.missing("root: no attempt to escape was made")
            return false
        }
        try isReady.get()
        return true
    }

    static func launcher() throws -> URL {
        var folder = try #require(Bundle.main.executableURL).deletingLastPathComponent()
        if let path = ProcessInfo.processInfo.environment["XSM_LAUNCH"] { return URL(fileURLWithPath: path) }
        while folder.path != "/" {
            if let found = BuiltPackage.executable(folder.appendingPathComponent("xsm-launch")) { return found }
            folder.deleteLastPathComponent()
        }
        return try #require(nil as URL?, "xsm-launch is not built")
    }

    private static func build() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let files = try FileManager.default.contentsOfDirectory(atPath: source.path).filter { $0.hasSuffix(".c") }.sorted()
        for (program, parts) in [(program, files.filter { $0 != "swarm.c" }), (swarm, ["swarm.c"])] {
            let result = try ProcessResult.run(
                URL(fileURLWithPath: "/usr/bin/cc"),
                ["-O1", "-Wall", "-Werror", "-static", "-no-pie", "-o", program.path] + parts, in: source)
            try #require(result.status == 0, "\(result.text)")
        }
        let copy = try ProcessResult.run(
            URL(fileURLWithPath: "/usr/bin/install"), ["-m", "4755", program.path, program.path + "-set-user"])
        try #require(copy.status == 0, "\(copy.text)")
    }
}
