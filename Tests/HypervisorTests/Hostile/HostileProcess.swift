import Foundation
import TestSupport
import Testing

/// Processes that use Xen's client libraries, ours, in random order until they are killed.
final class HostileProcess {
    private let process = Process()

    private static let shim = BuiltPackage.repository.appendingPathComponent(".build/xen-shim")
    private static let source = BuiltPackage.repository.appendingPathComponent("Tests/HostileClient/hostile-client.c")

    /// Compiles the program into a folder; nil, which is said and in CI a failure, where our libraries or a compiler are missing.
    static func compile(into folder: URL) throws -> URL? {
        guard let compiler = BuiltPackage.executable(URL(fileURLWithPath: "/usr/bin/cc")), Daemon.isReady() else {
            Peer.missing("a C compiler, or what XenClientTests need: no client was killed")
            return nil
        }
        let program = folder.appendingPathComponent("hostile-client")
        let libraries = ["call", "evtchn", "foreignmemory", "gnttab"].map { shim.appendingPathComponent("libxen\($0).so.1").path }
        let result = try ProcessResult.run(
            compiler, ["-Wall", "-Wextra", "-Werror", "-O1", "-o", program.path, source.path] + libraries)
        try #require(result.status == 0, "\(result.text)")
        return program
    }

    /// Starts it as the domain of a socket, at odds with a guest.
    init(_ program: URL, socket: String, seed: UInt64, guest: UInt16) throws {
        process.executableURL = program
        process.arguments = ["\(seed)", "\(guest)"]
        process.environment = ["LD_LIBRARY_PATH": Self.shim.path, "XSM_HYPERVISOR": socket]
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
    }

    /// Kills it; false when it had ended before by itself.
    func kill() -> Bool {
        let wasRunning = process.isRunning
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        return wasRunning && process.terminationReason == .uncaughtSignal
    }
}
