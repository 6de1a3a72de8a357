import Diagnostics
import PolicyAnalysis
import Reports

/// What came of assertions as JUnit's XML, which servers of continuous integration read: a suite for each file, a case for each test.
///
/// Names and messages hold what somebody wrote: what XML cannot hold is shown as an escape.
struct JUnitReport {
    private(set) var bytes: [UInt8] = []

    init(_ report: TestReport) {
        let tests = report.files.flatMap(\.tests)
        line("<?xml version=\"1.0\" encoding=\"UTF-8\"?>")
        line("<testsuites\(Self.counts(tests))>")
        for file in report.files {
            line("  <testsuite name=\"\(XMLText.escaped(file.name))\"\(Self.counts(file.tests))>")
            for test in file.tests { write(test, file.name, report) }
            line("  </testsuite>")
        }
        line("</testsuites>")
    }

    private mutating func write(_ result: TestResult, _ file: String, _ report: TestReport) {
        let name = XMLText.escaped(TestReport.name(result.test, of: file))
        let place = report.location(result.test.span).map { " file=\"\(XMLText.escaped($0.file))\" line=\"\($0.line)\"" } ?? ""
        let start = "    <testcase classname=\"\(XMLText.escaped(file))\" name=\"\(name)\"\(place)"
        guard result.outcome != .holds else {
            line(start + "/>")
            return
        }
        line(start + ">")
        if result.outcome == .skipped {
            line("      <skipped message=\"\(XMLText.escaped(result.results.first?.reason ?? ""))\"/>")
        } else {
            var text = AnswerText()
            report.writeDetails(result, &text)
            let failed = result.results.first { $0.outcome == .fails }
            let message = failed.flatMap { $0.failures.first?.text } ?? failed?.assertion.text ?? ""
            line("      <failure message=\"\(XMLText.escaped(message))\">\(XMLText.escaped(String(decoding: text.bytes, as: UTF8.self)))</failure>")
        }
        line("    </testcase>")
    }

    private mutating func line(_ text: String) {
        bytes += text.utf8
        bytes.append(UInt8(ascii: "\n"))
    }

    private static func counts(_ tests: [TestResult]) -> String {
        let failed = tests.count { $0.outcome == .fails }
        let skipped = tests.count { $0.outcome == .skipped }
        return " tests=\"\(tests.count)\" failures=\"\(failed)\" errors=\"0\" skipped=\"\(skipped)\""
    }
}
