public import Foundation

/// What became of a process.
public struct ProcessResult: Sendable {
    /// What it returned, or the signal that ended it.
    public let status: Int32
    /// Whether a signal ended it: it crashed, or gave up by `abort`.
    public let wasKilled: Bool
    public let output: [UInt8]

    public var text: String { String(decoding: output, as: UTF8.self) }

    public enum Output { case standard, both }

    /// Runs a program to its end and collects what it writes. Without an environment it has that of the tests.
    public static func run(
        _ program: URL, _ arguments: [String], in directory: URL? = nil, environment: [String: String]? = nil, collecting: Output = .both
    ) throws -> ProcessResult {
        let nothing = try FileHandle(forUpdating: URL(fileURLWithPath: "/dev/null"))
        defer { try? nothing.close() }
        let output = try Spawning.pipe()
        defer { for end in [output.reading, output.writing] { try? end.close() } }
        let written = output.writing.fileDescriptor
        let child = try Spawning.start(
            program.path, arguments, in: directory?.path, environment: environment,
            [nothing.fileDescriptor, written, collecting == .both ? written : nothing.fileDescriptor])
        // The end of what is written is seen only when nobody can write any more.
        try output.writing.close()
        let bytes = Result { try output.reading.readToItsEnd() }
        let end = Spawning.end(of: child)
        return ProcessResult(status: end.status, wasKilled: end.wasKilled, output: Array(try bytes.get()))
    }

    /// Runs a program to its end with files as its input, output and errors: none of them can fill. What it wrote is not in the result.
    public static func run(
        _ program: URL, _ arguments: [String], in directory: URL?, environment: [String: String]? = nil, input: URL, output: URL, errors: URL
    ) throws -> ProcessResult {
        let handles = try [FileHandle(forReadingFrom: input), FileHandle(forWritingTo: output), FileHandle(forWritingTo: errors)]
        defer { for handle in handles { try? handle.close() } }
        let child = try Spawning.start(
            program.path, arguments, in: directory?.path, environment: environment, handles.map(\.fileDescriptor))
        let end = Spawning.end(of: child)
        return ProcessResult(status: end.status, wasKilled: end.wasKilled, output: [])
    }

    /// Runs a program to its end; what it says on the standard output and on the standard error, apart.
    public static func apart(_ program: URL, _ arguments: [String]) throws -> (status: Int32, output: String, errors: String) {
        let folder = try TemporaryFolder()
        let files = ["output", "errors"].map { folder.url.appendingPathComponent($0) }
        for file in files { try Data().write(to: file) }
        let result = try run(program, arguments, in: nil, input: URL(fileURLWithPath: "/dev/null"), output: files[0], errors: files[1])
        let texts = try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
        return (result.status, texts[0], texts[1])
    }
}
