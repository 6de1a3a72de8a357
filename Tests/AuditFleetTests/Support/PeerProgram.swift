import Foundation
import Synchronization

/// A program that a test has run beside it, and that ends with the test.
final class PeerProgram: @unchecked Sendable {
    private let process = Process()
    private let input = Pipe()
    let output = Pipe()

    init(_ program: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    var isRunning: Bool { process.isRunning }

    func kill() {
        guard process.isRunning else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
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

/// Ports of loopback that nobody had when the kernel was asked, each another.
func freePorts(_ count: Int) throws -> [UInt16] {
    let servers = try (0..<count).map { _ in try ScriptedServer([.nothing]) }
    return servers.map { server in
        _ = server.finish()
        return server.port
    }
}
