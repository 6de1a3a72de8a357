import Foundation
import Testing

/// Recorded outputs: files in `Goldens`, next to the tests. With `XSM_RECORD_GOLDENS=1` in the environment they
/// are written instead of compared.
enum Golden {
    static func expect(
        _ output: [UInt8], equals name: String, sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) throws {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = tests.appendingPathComponent("Goldens").appendingPathComponent(name)
        if ProcessInfo.processInfo.environment["XSM_RECORD_GOLDENS"] == "1" {
            try Data(output).write(to: file)
            return
        }
        let expected = try String(decoding: Data(contentsOf: file), as: UTF8.self)
        let actual = String(decoding: output, as: UTF8.self)
        #expect(
            actual == expected, "differs from Goldens/\(name); record anew with XSM_RECORD_GOLDENS=1",
            sourceLocation: sourceLocation)
    }
}
