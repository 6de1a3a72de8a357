public import Foundation

/// What became of a process.
public struct ProcessResult: Sendable {
    public let status: Int32
    /// Whether a signal ended it: it crashed, or gave up by `abort`.
    public let wasKilled: Bool
    public let output: [UInt8]

    public var text: String { String(decoding: output, as: UTF8.self) }

    public enum Output { case standard, both }

    /// Runs a program to its end and collects what it writes.
    public static func run(
        _ program: URL, _ arguments: [String], in directory: URL? = nil, collecting: Output = .both
    ) throws -> ProcessResult {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.currentDirectoryURL = directory
        let output = Pipe()
        process.standardOutput = output
        process.standardError = collecting == .both ? output : FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        // `waitUntilExit` looks only now and then.
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        try process.run()
        let data = try output.fileHandleForReading.readToItsEnd()
        ended.wait()
        return ProcessResult(
            status: process.terminationStatus, wasKilled: process.terminationReason == .uncaughtSignal, output: Array(data))
    }
}
