import Diagnostics
import Flask
import JSON
import PolicyAnalysis
import PolicyReports
import Reports

/// How `xsm-policy test` tells what came of the assertions.
struct TestReport: Report {
    /// By the files' names.
    var files: [(name: String, tests: [TestResult])] = []
    private let policy: AnalysedPolicy
    private let map: SourceMap
    /// Whether tests that hold are told of as text.
    private let onlyFailures: Bool
    private let style: VerdictStyle

    init(map: SourceMap, policy: AnalysedPolicy, onlyFailures: Bool, style: VerdictStyle) {
        self.map = map
        self.policy = policy
        self.onlyFailures = onlyFailures
        self.style = style
    }

    /// Nothing fails, and something was looked at: where no test has the name that was asked for, nothing is proved.
    var holds: Bool {
        let tests = files.flatMap(\.tests)
        return !tests.isEmpty && !tests.contains { $0.outcome == .fails }
    }

    func bytes(_ format: TestFormat) -> [UInt8] {
        switch format {
        case .text: text
        case .json: json
        case .junit: JUnitReport(self).bytes
        }
    }

    func location(_ span: Span) -> SourceLocation? {
        guard let file = map.file(at: span.start) else { return nil }
        let place = file.lineAndColumn(at: file.offset(of: span.start))
        return SourceLocation(file: file.name, line: place.line, column: place.column)
    }

    /// What a test is called, also one that has no name.
    static func name(_ test: AssertionTest, of file: String) -> String { test.name.isEmpty ? file : test.name }

    // MARK: Text

    func write(_ text: inout AnswerText) {
        let tests = files.flatMap(\.tests)
        for file in files {
            for result in file.tests where !onlyFailures || result.outcome == .fails {
                switch result.outcome {
                case .holds: text.verdict("ok", .good, style, width: 6)
                case .fails: text.verdict("FAIL", .bad, style, width: 6)
                case .skipped: text.verdict("skip", .open, style, width: 6)
                }
                text.line(Self.name(result.test, of: file.name))
                writeDetails(result, &text)
            }
        }
        if tests.isEmpty { return text.line("no test has the name that was asked for") }
        if onlyFailures, holds { return }
        let assertions = tests.flatMap(\.results)
        text.line("\(Self.count(tests.map(\.outcome), "test")), \(Self.count(assertions.map(\.outcome), "assertion"))")
    }

    /// `3 tests, 1 failed`
    private static func count(_ outcomes: [AssertionResult.Outcome], _ noun: String) -> String {
        let failed = outcomes.count { $0 == .fails }
        let skipped = outcomes.count { $0 == .skipped }
        return "\(outcomes.count) \(noun)\(outcomes.count == 1 ? "" : "s")" + (failed > 0 ? " (\(failed) failed)" : "")
            + (skipped > 0 ? " (\(skipped) skipped)" : "")
    }

    /// What is wrong, and what was passed over.
    func writeDetails(_ result: TestResult, _ text: inout AnswerText) {
        for result in result.results where result.outcome != .holds {
            let place = location(result.assertion.span).map { "\($0): " } ?? ""
            text.line("  \(place)\(result.assertion.text)")
            if let reason = result.reason { text.line("    skipped: \(reason)") }
            for failure in result.failures { write(failure, &text) }
            let rest = result.failureCount - result.failures.count
            if rest > 0 { text.line("    and \(rest) more") }
        }
    }

    private func write(_ failure: AssertionFailure, _ text: inout AnswerText) {
        let settings = failure.settings.isEmpty ? "" : ", with \(ObstacleReport.words(failure.settings))"
        text.line("    \(failure.text)\(settings)")
        for entry in failure.rules { StatementReport.write(entry, indented: "      ", &text) }
        for step in failure.path {
            text.line("      \(step.source) → \(step.target)")
            for access in step.accesses {
                let permissions = access.permissions.map(\.name.description).joined(separator: " ")
                text.line("        \(access.source) \(access.isWrite ? "writes" : "reads") \(access.target):\(access.objectClass) { \(permissions) }")
                for entry in access.rules { StatementReport.write(entry, indented: "          ", &text) }
            }
        }
        for permission in failure.explanation?.permissions ?? [] {
            let isOne = failure.explanation?.permissions.count == 1
            if !isOne { text.line("      \(permission.name):") }
            let indent = isOne ? "      " : "        "
            if permission.isAllowed { for entry in permission.rules { StatementReport.write(entry, indented: indent, &text) } }
            for obstacle in permission.obstacles { ObstacleReport.write(obstacle, indented: indent, &text) }
        }
    }

    // MARK: JSON

    func write(_ json: inout JSONWriter) {
        let names = StatementNames(policy.policy)
        let outcomes = files.flatMap(\.tests).flatMap(\.results).map(\.outcome)
        json.object { json in
            json.member("version", 1)
            json.member("holds", holds)
            json.member("counts", object: { json in
                json.member("held", outcomes.count { $0 == .holds })
                json.member("failed", outcomes.count { $0 == .fails })
                json.member("skipped", outcomes.count { $0 == .skipped })
            })
            json.member("tests", array: { json in
                for file in files {
                    for result in file.tests {
                        json.object { json in
                            json.member("file", file.name)
                            json.member("name", result.test.name)
                            json.member("line", location(result.test.span)?.line)
                            json.member("outcome", result.outcome.rawValue)
                            json.member("assertions", array: { json in
                                for result in result.results { json.object { write(result, names, &$0) } }
                            })
                        }
                    }
                }
            })
        }
    }

    private func write(_ result: AssertionResult, _ names: StatementNames, _ json: inout JSONWriter) {
        let place = location(result.assertion.span)
        json.member("assertion", result.assertion.text)
        json.member("line", place?.line)
        json.member("column", place?.column)
        json.member("outcome", result.outcome.rawValue)
        json.member("reason", result.reason)
        json.member("failureCount", result.failureCount)
        json.member("failures", array: { json in
            for failure in result.failures {
                json.object { json in
                    json.member("text", failure.text)
                    ObstacleReport.write(failure.settings, &json)
                    ObstacleReport.write("rules", failure.rules, names, &json)
                    json.member("path", array: { json in
                        for step in failure.path {
                            json.object { json in
                                json.member("from", step.source.description)
                                json.member("to", step.target.description)
                                let rules = step.accesses.flatMap(\.rules)
                                ObstacleReport.write("rules", rules, names, &json)
                            }
                        }
                    })
                    json.member("permissions", array: { json in
                        for permission in failure.explanation?.permissions ?? [] {
                            json.object { ObstacleReport.write(permission, names, &$0) }
                        }
                    })
                }
            }
        })
    }
}
