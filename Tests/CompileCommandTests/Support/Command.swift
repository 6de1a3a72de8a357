import Foundation
import TestSupport

/// A run of a program: what it printed and how it ended.
struct Command {
    let status: Int32
    let output: [UInt8]
    let errors: String

    /// Runs a program to its end.
    init(
        _ program: String, _ arguments: [String], in directory: URL, input: [UInt8] = [],
        environment: [String: String] = [:]
    ) throws {
        var variables = ProcessInfo.processInfo.environment
        variables["NO_COLOR"] = nil
        let result = try ProcessResult.apart(
            URL(fileURLWithPath: program), arguments, in: directory, environment: variables.merging(environment) { $1 }, input: input)
        // A signal shows as a status that no program of ours returns.
        status = result.wasKilled ? 128 + result.status : result.status
        output = result.output
        errors = result.errors
    }

    /// Runs `xsm-compile` as users get it: the release build when `scripts/test` names it, else the build of the tests.
    static func compile(
        _ arguments: String..., in folder: Folder, input: [UInt8] = [], environment: [String: String] = [:]
    ) throws -> Command {
        try Command(compiler, arguments, in: folder.url, input: input, environment: environment)
    }

    /// Runs a line of shell in which `$COMPILE` is `xsm-compile`.
    static func shell(_ line: String, in folder: Folder, environment: [String: String] = [:]) throws -> Command {
        try Command(
            "/bin/bash", ["-c", line], in: folder.url,
            environment: environment.merging(["COMPILE": compiler]) { $1 })
    }

    static let compiler: String = {
        if let path = ProcessInfo.processInfo.environment["XSM_COMPILE"] { return path }
        return repository.appendingPathComponent(".build/debug/xsm-compile").path
    }()

    static let repository = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
}
