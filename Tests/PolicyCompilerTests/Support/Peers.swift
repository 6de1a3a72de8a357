import Foundation
import Testing

/// Programs that tests run: peers that ours must agree with, and our own as users get them.
enum Peers {
    /// GNU m4, with which the macro processor must agree byte for byte.
    static let m4 = installed("m4")
    /// checkpolicy of Debian 12, whose images the layout of 3.5 is.
    static let checkpolicy = installed("checkpolicy")
    /// secilc of Debian 12: it must take the CIL that ours writes.
    static let secilc = installed("secilc")
    /// checkpolicy of the next Debian, which `scripts/fetch-next-checkpolicy` unpacks: the layout of 3.6.
    static let nextCheckpolicy = executable(repository.appendingPathComponent(".build/peers/checkpolicy"))
    /// `xsm-compile`: the one that `XSM_COMPILE` names, or the one that was built with the tests.
    static let xsmCompile: URL? = {
        if let path = ProcessInfo.processInfo.environment["XSM_COMPILE"] { return executable(URL(fileURLWithPath: path)) }
        guard let tests = Bundle.main.executableURL else { return nil }
        var folder = tests.deletingLastPathComponent()
        while folder.path != "/" {
            if let found = executable(folder.appendingPathComponent("xsm-compile")) { return found }
            folder.deleteLastPathComponent()
        }
        return nil
    }()

    /// The folder of the package.
    static let repository: URL = {
        var folder = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { folder.deleteLastPathComponent() }
        return folder
    }()

    private static func installed(_ name: String) -> URL? {
        ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/opt/homebrew/bin"]
            .lazy.compactMap { executable(URL(fileURLWithPath: $0).appendingPathComponent(name)) }.first
    }

    private static func executable(_ url: URL) -> URL? {
        FileManager.default.isExecutableFile(atPath: url.path) ? url : nil
    }

    /// The program, or nil and a warning that what the test is about was not tested. Where everything must be tested,
    /// its absence fails the test.
    static func required(_ program: URL?, _ name: String) -> URL? {
        if let program { return program }
        missing("\(name) is not there")
        return nil
    }

    static func missing(_ what: String) {
        if ProcessInfo.processInfo.environment["CI"] != nil {
            Issue.record("\(what): nothing was compared with it")
        } else {
            Issue.record("\(what): nothing was compared with it", severity: .warning)
        }
    }
}

/// What became of a process.
struct ProcessResult: Sendable {
    let status: Int32
    /// Whether a signal ended it: it crashed, or gave up by `abort`.
    let wasKilled: Bool
    let output: [UInt8]

    var text: String { String(decoding: output, as: UTF8.self) }

    enum Output { case standard, both }

    /// Runs a program to its end and collects what it writes.
    static func run(
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

extension FileHandle {
    /// Everything up to the end. Foundation's own way of doing so ends the tests when a signal interrupts it.
    func readToItsEnd() throws -> Data {
        var data = Data()
        while true {
            do {
                guard let piece = try read(upToCount: 1 << 16), !piece.isEmpty else { return data }
                data += piece
            } catch let error as NSError {
                let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError ?? error
                guard cause.domain == NSPOSIXErrorDomain, cause.code == Int(EINTR) else { throw error }
            }
        }
    }
}

/// A folder that goes away with the test.
struct TemporaryFolder: ~Copyable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("xsm-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }
}

/// Does something for each element, two at a time: as many as a small machine has cores.
func inPairs<Element: Sendable, Result: Sendable>(
    _ elements: [Element], _ body: @escaping @Sendable (Element) throws -> Result
) async throws -> [Result] {
    let workers = 2
    return try await withThrowingTaskGroup(of: [(Int, Result)].self) { group in
        for worker in 0..<workers {
            group.addTask {
                try stride(from: worker, to: elements.count, by: workers).map { ($0, try body(elements[$0])) }
            }
        }
        var results: [(Int, Result)] = []
        for try await part in group { results += part }
        return results.sorted { $0.0 < $1.0 }.map(\.1)
    }
}
