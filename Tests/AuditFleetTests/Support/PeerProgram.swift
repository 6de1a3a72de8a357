import Foundation
import Synchronization

/// A program that a test has run beside it, and that ends with the test, also when that is ended itself: a shell waits for that.
final class PeerProgram: @unchecked Sendable {
    private let process = Process()
    private let input = Pipe()
    private let ended = DispatchSemaphore(value: 0)
    private var isOver = false
    let output = Pipe()

    init(_ program: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        // The program takes the shell's place; beside it another waits for a line or the end of what both have as input.
        process.arguments = ["-c", #"exec 3<&0; (read -r line <&3; kill -9 $$ 2>/dev/null) & exec "$@" <&3 3<&-"#, "sh", program] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = input
        process.standardOutput = output
        process.terminationHandler = { [ended] _ in ended.signal() }
        try process.run()
    }

    /// Whether it still runs.
    var isRunning: Bool { process.isRunning }

    /// Ends it at once, as a failure of its machine would.
    func kill() {
        guard !isOver else { return }
        isOver = true
        try? input.fileHandleForWriting.write(contentsOf: Data("\n".utf8))
        try? input.fileHandleForWriting.close()
        ended.wait()
    }

    deinit { kill() }
}

/// Waits until something is so, or so long.
func eventually(_ seconds: Double = 10, _ condition: () throws -> Bool) rethrows -> Bool {
    let end = Date(timeIntervalSinceNow: seconds)
    while try !condition() {
        guard Date() < end else { return false }
        usleep(5_000)
    }
    return true
}

/// Those of which tests were told end here.
private let nextPort = Mutex(UInt16.random(in: 20_000..<30_000))

/// Ports of loopback that nobody has, each another, and that nobody gets before they are used: none is told twice, and to whom any will do, as to
/// every connection that is made, the kernel gives higher ones (`ip_local_port_range`: from 32768).
func freePorts(_ count: Int) throws -> [UInt16] {
    try (0..<count).map { _ in
        for _ in 0..<10_000 {
            let port = nextPort.withLock { next in
                defer { next = next < 29_999 ? next + 1 : 20_000 }
                return next
            }
            guard let server = try? ScriptedServer([.nothing], at: port) else { continue }
            _ = server.finish()
            return port
        }
        throw POSIXError(.EADDRINUSE)
    }
}
