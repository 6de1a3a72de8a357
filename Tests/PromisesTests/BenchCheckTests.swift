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

    private enum Fault: CaseIterable { case beyond, inAnotherUnit, missing }

    private func line(_ figure: PromisedFigure, _ fault: Fault?) -> String? {
        switch fault {
        case .beyond: "\(figure.name) \(figure.isLeast ? figure.bound * 0.99 - 0.01 : figure.bound * 1.01 + 0.01) \(figure.unit)"
        case .inAnotherUnit: "\(figure.name) \(figure.bound) parsecs"
        case .missing: nil
        case nil: "\(figure.name) \(figure.bound) \(figure.unit)"
        }
    }

    @Test("a figure beyond its bound, in another unit, or missing fails, and is named", arguments: 0..<4)
    func missed(round: Int) throws {
        let figures = try figures()
        // One alone for each fault; then all of them, each in one of the ways.
        let faults = figures.indices.map { index -> Fault? in
            if round < 3 { return index == (round + 1) * 7 % figures.count ? Fault.allCases[round] : nil }
            return Fault.allCases[index % 3]
        }
        let result = try check(zip(figures, faults).compactMap(line))
        #expect(result.status == 1, "\(result.text)")
        let missed = result.text.split(separator: "\n").filter { $0.hasPrefix("MISSED ") }.map { $0.split(separator: " ")[1] }
        #expect(Set(missed) == Set(zip(figures, faults).filter { $1 != nil }.map { Substring($0.0.name + ":") }), "\(result.text)")
    }

    @Test("a name that is none is refused")
    func unknown() throws {
        let result = try ProcessResult.run(BuiltPackage.repository.appendingPathComponent("scripts/bench"), ["no.such"])
        #expect(result.status == 1 && result.text.contains("there is no `no.such`"))
    }
}
