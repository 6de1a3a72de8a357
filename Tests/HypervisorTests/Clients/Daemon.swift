import Foundation
import TestSupport
import Testing

/// `xsm-hypervisor run` as users run it, in a folder that goes away with the test, and Debian's programs of Xen on it.
final class Daemon {
    /// Where Debian has Xen's own programs: those in `/usr/sbin` are wrappers that want a real Xen.
    static let programs = URL(fileURLWithPath: "/usr/lib/xen-4.17/bin")

    let folder: URL
    private let tool: URL
    private let process: Process
    let log: URL

    /// Starts it under our reference policy for Xen 4.17.
    init(_ options: [String] = []) throws {
        tool = try #require(BuiltPackage.hypervisor, "xsm-hypervisor is not built")
        let compiler = try #require(BuiltPackage.compiler, "xsm-compile is not built")
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("xsm-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let policy = folder.appendingPathComponent("policy").path
        let tree = BuiltPackage.repository.appendingPathComponent("Policies/reference").path
        let compiled = try ProcessResult.run(compiler, ["--no-lint", "--xen-release", "4.17", "-o", policy, tree])
        try #require(compiled.status == 0, "\(compiled.text)")
        log = folder.appendingPathComponent("console")
        process = Process()
        process.executableURL = tool
        process.arguments = ["run", "--policy", policy, "--directory", folder.path, "--log", log.path, "--quiet"] + options
        process.standardError = FileHandle.nullDevice
        try process.run()
        for _ in 0..<500 where !FileManager.default.fileExists(atPath: folder.appendingPathComponent("dom0").path) {
            usleep(10_000)
        }
        try #require(process.isRunning, "the daemon does not start")
    }

    var policy: String { folder.appendingPathComponent("policy").path }

    deinit {
        stop()
        try? FileManager.default.removeItem(at: folder)
    }

    func stop() {
        guard process.isRunning else { return }
        process.terminate()
        process.waitUntilExit()
    }

    var isRunning: Bool { process.isRunning }

    /// How many descriptors it has open.
    var openDescriptors: Int { (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(processIdentifier)/fd").count) ?? 0 }

    var processIdentifier: Int32 { process.processIdentifier }

    /// What the console has printed.
    var console: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

    private static let shim = BuiltPackage.repository.appendingPathComponent(".build/xen-shim").path

    /// What runs programs against it, from any thread.
    struct Runner: Sendable {
        let tool: URL
        let folder: String

        func run(_ program: URL, _ arguments: [String], as domain: Int = 0, options: [String] = []) throws -> ProcessResult {
            let known = ["exec", "--directory", folder, "--domain", "\(domain)", "--shim", Daemon.shim]
            return try ProcessResult.run(tool, known + options + [program.path] + arguments)
        }
    }

    var runner: Runner { Runner(tool: tool, folder: folder.path) }

    /// Runs a program as a domain, with options of `exec`.
    @discardableResult
    func run(_ program: URL, _ arguments: [String], as domain: Int = 0, options: [String] = []) throws -> ProcessResult {
        try runner.run(program, arguments, as: domain, options: options)
    }

    /// Runs a program of Xen's by its name.
    @discardableResult
    func xen(_ program: String, _ arguments: String..., as domain: Int = 0) throws -> ProcessResult {
        try run(Self.programs.appendingPathComponent(program), arguments, as: domain)
    }

    /// Whether Debian's programs and our libraries are there. What is missing is said; in CI it is a failure.
    static func isReady() -> Bool {
        var missing: [String] = []
        if BuiltPackage.executable(programs.appendingPathComponent("xl")) == nil { missing.append("xen-utils-4.17") }
        if !FileManager.default.fileExists(atPath: shim + "/libxencall.so.1") { missing.append("the client libraries (scripts/build-shim)") }
        guard !missing.isEmpty else { return true }
        Peer.missing("\(missing.joined(separator: " and ")): Xen's own programs were not tried")
        return false
    }
}
