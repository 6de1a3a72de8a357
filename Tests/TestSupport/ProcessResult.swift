public import Foundation

/// What became of a process.
public struct ProcessResult: Sendable {
    /// What it returned, or the signal that ended it.
    public let status: Int32
    /// Whether a signal ended it: it crashed, or gave up by `abort`.
    public let wasKilled: Bool
    public let output: [UInt8]
    /// What it wrote on the standard error, where that is collected apart.
    public var errors = ""

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

    /// Runs a program to its end, with bytes to read where some are given; what it writes on the standard output and on the standard error, apart. All
    /// goes through files: none of them can fill.
    public static func apart(
        _ program: URL, _ arguments: [String], in directory: URL? = nil, environment: [String: String]? = nil, input: [UInt8] = []
    ) throws -> ProcessResult {
        let folder = try TemporaryFolder()
        let files = ["input", "output", "errors"].map { folder.url.appendingPathComponent($0) }
        for (file, bytes) in zip(files, [input, [], []]) { try Data(bytes).write(to: file) }
        let handles = try [FileHandle(forReadingFrom: files[0])] + files.dropFirst().map { try FileHandle(forWritingTo: $0) }
        defer { for handle in handles { try? handle.close() } }
        let child = try Spawning.start(program.path, arguments, in: directory?.path, environment: environment, handles.map(\.fileDescriptor))
        let end = Spawning.end(of: child)
        let (output, errors) = (try Data(contentsOf: files[1]), try Data(contentsOf: files[2]))
        return ProcessResult(status: end.status, wasKilled: end.wasKilled, output: Array(output), errors: String(decoding: errors, as: UTF8.self))
    }
}
