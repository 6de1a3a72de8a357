import Foundation
import TestSupport
import Testing

/// `scripts/bench --check` finds what is promised and not kept.
@Suite struct BenchCheckTests {
    private func check(_ lines: [String]) throws -> (status: Int32, text: String) {
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("figures")
        try (lines.joined(separator: "\n") + "\n").write(to: file, atomically: true, encoding: .utf8)
        let result = try ProcessResult.run(BuiltPackage.repository.appendingPathComponent("scripts/bench"), ["--check=" + file.path])
        return (result.status, result.text)
    }

    /// All bounds of SPECIFICATION.md.
    private func figures() throws -> [PromisedFigure] {
        try SpecificationTests.document().entries.flatMap { $0.values(of: "figure") }.map { try #require(PromisedFigure($0), "\($0)") }
    }

    @Test("figures at their bounds are kept")
    func kept() throws {
        let figures = try figures()
        let result = try check(figures.map { "\($0.name) \($0.bound) \($0.unit) and more words" })
        #expect(result.status == 0, "\(result.text)")
        #expect(result.text.split(separator: "\n").count == figures.count && !result.text.contains("MISSED"))
    }

    @Test("one figure beyond its bound, in another unit, or missing fails, and is named")
    func missed() throws {
        let figures = try figures()
        for (index, figure) in figures.enumerated() {
            // The three ways in turn.
            let line: String? =
                switch index % 3 {
                case 0: "\(figure.name) \(figure.isLeast ? figure.bound * 0.99 - 0.01 : figure.bound * 1.01 + 0.01) \(figure.unit)"
                case 1: "\(figure.name) \(figure.bound) parsecs"
                default: nil
                }
            // A process for each of dozens would take seconds: every fourth, and each of the first.
            guard index < 3 || index % 4 == 0 else { continue }
            let lines = figures.compactMap { $0 == figure ? line : "\($0.name) \($0.bound) \($0.unit)" }
            let result = try check(lines)
            #expect(result.status == 1, "\(figure.name): \(result.text)")
            let missed = result.text.split(separator: "\n").filter { $0.hasPrefix("MISSED ") }
            #expect(missed.count == 1 && missed.first?.hasPrefix("MISSED \(figure.name): ") == true, "\(missed)")
        }
    }

    @Test("a name that is none is refused")
    func unknown() throws {
        let result = try ProcessResult.run(BuiltPackage.repository.appendingPathComponent("scripts/bench"), ["no.such"])
        #expect(result.status == 1 && result.text.contains("there is no `no.such`"))
    }
}
