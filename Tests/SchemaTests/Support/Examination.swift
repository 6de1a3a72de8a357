import DMRestrict
import Foundation
import JSON
import TestSupport
import Testing

/// What `Tests/Schemas/examine` says of the schemas and of what our tools write, which `Tests/Schemas/outputs` has them write.
struct Examination: Decodable {
    let documents: Int
    let invalid: [String]
    let refused: [String]
    let mutations: Int
    let accepted: [String]
    let unseen: [String]
    let words: [String]

    static let schemas = BuiltPackage.repository.appendingPathComponent("Documentation/schemas")

    /// Commands as they were run, each with its schema.
    struct Row {
        let schema: String
        let command: String
    }

    /// What is the same for all tests about it. Made once: it takes seconds.
    struct Whole {
        let examination: Examination
        let rows: [Row]
        /// What did not end as it should.
        let errors: String
    }

    /// Launching needs root. Where there is none, what launches write is not looked at.
    static let launches = geteuid() == 0

    /// Nil, with a warning that nothing was validated, where the peer is not there; where everything must be tested, its absence fails the test.
    static let whole: Whole? = {
        let python = URL(fileURLWithPath: "/usr/bin/python3")
        guard let found = BuiltPackage.executable(python), (try? ProcessResult.run(found, ["-c", "import jsonschema"]))?.status == 0 else {
            Peer.missing("python3-jsonschema: nothing was validated by it")
            return nil
        }
        if !launches { Peer.missing("root: what xsm-launch writes was not validated") }
        do {
            return try examine(found)
        } catch {
            Issue.record(error)
            return nil
        }
    }()

    private static func examine(_ python: URL) throws -> Whole {
        let folder = try TemporaryFolder()
        let scripts = BuiltPackage.repository.appendingPathComponent("Tests/Schemas")
        let process = Process()
        // Signals that Foundation blocks are to end what the script has run.
        let unblocked = "import os, signal, sys; signal.pthread_sigmask(signal.SIG_SETMASK, []); os.execv(sys.argv[1], sys.argv[1:])"
        process.executableURL = python
        process.arguments = ["-c", unblocked, scripts.appendingPathComponent("outputs").path, folder.url.path]
        var environment = ProcessInfo.processInfo.environment
        for (variable, tool) in [
            ("XSM_COMPILE", BuiltPackage.compiler), ("XSM_POLICY", BuiltPackage.policyTool), ("XSM_AUDIT", BuiltPackage.auditTool),
            ("XSM_HYPERVISOR_TOOL", BuiltPackage.hypervisor), ("XSM_LAUNCH", BuiltPackage.launcher),
        ] { environment[variable] = try #require(tool, "\(variable) names no tool").path }
        process.environment = environment
        let errors = folder.url.appendingPathComponent("errors")
        try Data().write(to: errors)
        let written = try FileHandle(forWritingTo: errors)
        process.standardOutput = written
        process.standardError = written
        process.standardInput = FileHandle.nullDevice
        try process.runToItsEnd()
        let told = String(decoding: try Data(contentsOf: errors), as: UTF8.self)
        try #require(process.terminationStatus == 0, "\(told)")

        let index = folder.url.appendingPathComponent("index")
        var text = try String(contentsOf: index, encoding: .utf8)
        // Steps that no host has all of.
        for (name, json) in try [("launch-plan", EveryStep.plan.json), ("launch-record", EveryStep.record.json)] {
            try Data(json.bytes()).write(to: folder.url.appendingPathComponent("\(name).json"))
            text += "\(name).json\t\(name)\ta plan of every step\n"
        }
        try text.write(to: index, atomically: true, encoding: .utf8)
        let result = try ProcessResult.run(
            python, [scripts.appendingPathComponent("examine").path, schemas.path, folder.url.path], collecting: .standard)
        try #require(result.status == 0, "the peer gave up")
        let rows = text.split(separator: "\n").map { line in
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            return Row(schema: String(fields[1].split(separator: ":").last ?? ""), command: String(fields[2]))
        }
        return Whole(
            examination: try JSONDecoder().decode(Examination.self, from: Data(result.output)), rows: rows,
            errors: told)
    }
}
