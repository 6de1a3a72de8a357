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
            line("  <testsuite name=\"\(Self.escaped(file.name))\"\(Self.counts(file.tests))>")
            for test in file.tests { write(test, file.name, report) }
            line("  </testsuite>")
        }
        line("</testsuites>")
    }

    private mutating func write(_ result: TestResult, _ file: String, _ report: TestReport) {
        let name = Self.escaped(TestReport.name(result.test, of: file))
        let place = report.location(result.test.span).map { " file=\"\(Self.escaped($0.file))\" line=\"\($0.line)\"" } ?? ""
        let start = "    <testcase classname=\"\(Self.escaped(file))\" name=\"\(name)\"\(place)"
        guard result.outcome != .holds else {
            line(start + "/>")
            return
        }
        line(start + ">")
        if result.outcome == .skipped {
            line("      <skipped message=\"\(Self.escaped(result.results.first?.reason ?? ""))\"/>")
        } else {
            var text = AnswerText()
            report.writeDetails(result, &text)
            let failed = result.results.first { $0.outcome == .fails }
            let message = failed.flatMap { $0.failures.first?.text } ?? failed?.assertion.text ?? ""
            line("      <failure message=\"\(Self.escaped(message))\">\(Self.escaped(String(decoding: text.bytes, as: UTF8.self)))</failure>")
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

    /// As an attribute's value or an element's text. XML 1.0 has no control characters but three, no surrogates and no U+FFFE and U+FFFF.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            case "\"": result += "&quot;"
            case "\n": result.unicodeScalars.append(scalar)
            // What XML has no characters for, and what turns the direction of a text.
            case "\u{fffe}", "\u{ffff}", "\u{202a}"..."\u{202e}", "\u{2066}"..."\u{2069}": result += "\\u{\(String(scalar.value, radix: 16))}"
            case _ where scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value): result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
