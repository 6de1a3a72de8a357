import Foundation
import TestSupport
import Testing

/// setools of Debian, asked through `Tests/Setools/answers`.
enum Setools {
    typealias Answer = [String]

    /// Nil, with a warning that what the test is about was not tested, where setools is not there; where everything must be tested, its
    /// absence fails the test.
    static let program: URL? = {
        let python = URL(fileURLWithPath: "/usr/bin/python3")
        guard let found = BuiltPackage.executable(python), (try? ProcessResult.run(found, ["-c", "import setools"]))?.status == 0 else {
            Peer.missing("setools: nothing was compared with it")
            return nil
        }
        return found
    }()

    /// For each policy, by the path of its binary, the answers to its questions; an answer is nil where setools refuses the question, and
    /// all are where it cannot read the policy.
    static func answers(_ asked: [(policy: URL, questions: [[String: Any]])], in folder: URL) throws -> [[Answer?]]? {
        guard let program else { return nil }
        var input = Data()
        for (policy, questions) in asked {
            input += try JSONSerialization.data(withJSONObject: ["policy": policy.path, "questions": questions])
            input.append(UInt8(ascii: "\n"))
        }
        let file = folder.appendingPathComponent("questions-\(UUID().uuidString)")
        try input.write(to: file)
        let script = BuiltPackage.repository.appendingPathComponent("Tests/Setools/answers").path
        let result = try ProcessResult.run(
            URL(fileURLWithPath: "/bin/sh"), ["-c", "exec '\(program.path)' '\(script)' <'\(file.path)'"], collecting: .standard)
        try #require(result.status == 0, "setools gave up: \(result.text.suffix(500))")
        let lines = result.text.split(separator: "\n")
        try #require(lines.count == asked.count)
        return try zip(lines, asked).map { line, asked in
            let answers = try JSONSerialization.jsonObject(with: Data(line.utf8))
            guard let list = answers as? [Any] else { return asked.questions.map { _ in nil } }
            return list.map { $0 as? [String] }
        }
    }
}
