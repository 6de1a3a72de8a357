import Foundation
import Glibc
import TestSupport
import Testing

/// A guest of `xsm-launch run`, under the reference policy, in a folder with its images, its hypervisor and its screen.
final class RunningGuest {
    let folder: TemporaryFolder
    let name: String
    private let launcher: URL
    private let hypervisor: URL
    private let process: Process
    private let console = Pipe()
    private let told = Pipe()
    /// Its number where it is its hypervisor's first.
    static let domain = "1"
    static let deviceModelDomain = "2"

    static let label = #"seclabel = "system_u:system_r:domU_t""#
    static let ownDomain = #"device_model_stubdomain_seclabel = "system_u:system_r:dm_dom_t""#

    static let profile = BuiltPackage.repository.appendingPathComponent("Policies/devices/x86_64/qemu-xen.policy").path

    func path(_ name: String) -> String { folder.url.appendingPathComponent(name).path }

    /// Nil where something is missing: that is said, and in CI a failure. Its configuration may name files of its folder by `%`.
    init?(_ configuration: String, files: [String: [UInt8]] = [:], options: [String] = []) throws {
        var missing: [String] = []
        if geteuid() != 0 { missing.append("root") }
        if BuiltPackage.executable(RealToolStack.emulator) == nil { missing.append("qemu-system-xen") }
        if !FileManager.default.fileExists(atPath: RealToolStack.shim + "/libxencall.so.1") { missing.append("the client libraries (scripts/build-shim)") }
        guard missing.isEmpty, let launcher = BuiltPackage.launcher, let hypervisor = BuiltPackage.hypervisor, let compiler = BuiltPackage.compiler else {
            Peer.missing("\(missing.joined(separator: ", ")): no guest ran")
            return nil
        }
        (self.launcher, self.hypervisor) = (launcher, hypervisor)
        folder = try TemporaryFolder()
        name = "guest-\(UUID().uuidString.prefix(8))"
        for (file, bytes) in files { try Data(bytes).write(to: folder.url.appendingPathComponent(file)) }
        let policy = try ProcessResult.run(
            compiler,
            ["--no-lint", "--xen-release", "4.17", "-o", folder.url.appendingPathComponent("policy").path]
                + [BuiltPackage.repository.appendingPathComponent("Policies/reference").path])
        try #require(policy.status == 0, "\(policy.text)")
        let text = "name = \"\(name)\"\ntype = \"hvm\"\nmemory = 32\n" + configuration.replacing("%", with: folder.url.path + "/") + "\n"
        try Data(text.utf8).write(to: folder.url.appendingPathComponent("guest.cfg"))
        process = Process()
        // As from a shell.
        process.setUnblocked(
            launcher,
            ["run", "--directory", folder.url.appendingPathComponent("run").path, "--policy", folder.url.appendingPathComponent("policy").path]
                + ["--log", folder.url.appendingPathComponent("log").path] + options + [folder.url.appendingPathComponent("guest.cfg").path])
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = console
        process.standardError = told
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGTERM) }
        process.waitUntilExit()
    }

    /// Waits until it is let go.
    func awaitService() throws {
        for _ in 0..<1_000 {
            if try tool("list").text.contains(name) { return }
            if !process.isRunning {
                Issue.record("it ended: \(try end().told)")
                return
            }
            usleep(20_000)
        }
        Issue.record("it does not serve")
    }

    /// Its device model's process, and whom that runs as.
    func emulator() throws -> (process: Int32, user: String) {
        let line = try #require(try tool("list").text.split(separator: "\n").first { $0.contains(name) })
        let process = try #require(Int32(line.prefix { $0 != "\t" }))
        return (process, try Self.status(of: process, "Uid"))
    }

    /// Sends a signal to the command whose console it is.
    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Whether that command waits for its console's bytes, and for signals.
    func isAtItsConsole() throws -> Bool { try Self.status(of: process.processIdentifier, "SigBlk") == "0000000000004003" }

    /// Kills what serves it in the background.
    func killService() throws {
        let service = try #require(Int32(try Self.status(of: try emulator().process, "PPid")))
        try #require(service > 1 && service != getpid())
        kill(service, SIGKILL)
    }

    private static func status(of process: Int32, _ key: String) throws -> String {
        let lines = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8).split(separator: "\n")
        let line = try #require(lines.first { $0.hasPrefix(key + ":") })
        return String(try #require(line.split(separator: "\t").dropFirst().first))
    }

    /// What `xsm-launch` says of it.
    func tool(_ words: String...) throws -> ProcessResult { try tool(words) }

    func tool(_ words: [String]) throws -> ProcessResult { try ProcessResult.run(launcher, words) }

    /// A command of `xsm-launch`'s that goes on.
    func begin(_ words: String...) throws -> (process: Process, output: Pipe) {
        let (process, output) = (Process(), Pipe())
        process.executableURL = launcher
        process.arguments = words
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        return (process, output)
    }

    /// What a program of Xen's does as one of its hypervisor's domains.
    func program(_ words: [String], as domain: String = "0") throws -> ProcessResult {
        try ProcessResult.run(
            hypervisor, ["exec", "--directory", path("run"), "--shim", RealToolStack.shim, "--domain", domain] + words)
    }

    /// Has its processor do what a script says; all must be as the script expects.
    func execute(_ script: String) throws {
        try Data(script.utf8).write(to: folder.url.appendingPathComponent("script"))
        let result = try ProcessResult.run(hypervisor, ["processor", "--directory", path("run"), "--domain", Self.domain, path("script")])
        try #require(result.status == 0, "\(result.text) \(log.suffix(600))")
    }

    var log: String { (try? String(contentsOfFile: path("log"), encoding: .utf8)) ?? "" }

    /// What the policy denied.
    var denials: [Substring] {
        ((try? String(contentsOfFile: path("run/log"), encoding: .utf8)) ?? "").split(separator: "\n").filter { $0.contains("avc:  denied") }
    }

    /// Waits for its end: the status of `run`, what came out of its console, and what was told.
    func end() throws -> (status: Int32, console: String, told: String) {
        let output = try console.fileHandleForReading.readToItsEnd()
        let words = try told.fileHandleForReading.readToItsEnd()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self), String(decoding: words, as: UTF8.self))
    }
}
