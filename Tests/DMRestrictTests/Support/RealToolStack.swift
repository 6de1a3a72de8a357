import Foundation
import JSON
import TestSupport
import Testing

/// Debian's programs of Xen, on a hypervisor of ours without a policy.
final class RealToolStack: Sendable {
    static let xl = URL(fileURLWithPath: "/usr/lib/xen-4.17/bin/xl")
    static let emulator = URL(fileURLWithPath: "/usr/libexec/xen-qemu-system-i386")
    static let shim = BuiltPackage.repository.appendingPathComponent(".build/xen-shim").path

    private let tool: URL
    private let folder: URL
    private let process: Process

    /// Nil where something is missing: that is said, and in CI a failure.
    init?(for program: URL = RealToolStack.xl) throws {
        var missing: [String] = []
        if BuiltPackage.executable(program) == nil { missing.append(program == Self.xl ? "xen-utils-4.17" : "qemu-system-xen") }
        if BuiltPackage.hypervisor == nil { missing.append("xsm-hypervisor") }
        if !FileManager.default.fileExists(atPath: Self.shim + "/libxencall.so.1") { missing.append("the client libraries (scripts/build-shim)") }
        guard missing.isEmpty, let tool = BuiltPackage.hypervisor else {
            Peer.missing("\(missing.joined(separator: ", ")): \(program.lastPathComponent) was not asked")
            return nil
        }
        self.tool = tool
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("xsm-xl-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        process = Process()
        process.executableURL = tool
        process.arguments = ["run", "--xsm", "dummy", "--directory", folder.path, "--quiet"]
        process.standardError = FileHandle.nullDevice
        try process.run()
        for _ in 0..<500 where !FileManager.default.fileExists(atPath: folder.appendingPathComponent("dom0").path) { usleep(10_000) }
        try #require(process.isRunning, "the hypervisor does not start")
    }

    deinit {
        if process.isRunning { process.terminate() }
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }

    /// How a program is run on it.
    func command(_ program: URL, _ arguments: [String]) -> (program: URL, arguments: [String]) {
        (tool, ["exec", "--directory", folder.path, "--shim", Self.shim, program.path] + arguments)
    }

    /// What xl understands of a configuration; nil where it refuses.
    func understands(_ configuration: [UInt8]) throws -> JSONValue? {
        let file = folder.appendingPathComponent(UUID().uuidString)
        try Data(configuration).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let command = command(Self.xl, ["create", "-n", file.path])
        let result = try ProcessResult.run(command.program, command.arguments, collecting: .standard)
        guard result.status == 0 else { return nil }
        // A line of what it does, and the document.
        let start = try #require(result.output.firstIndex(of: UInt8(ascii: "{")), "\(result.text)")
        return try JSONValue(parsing: Array(result.output[start...]))
    }
}
