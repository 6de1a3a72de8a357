import Diagnostics
import Flask
import JSON
import PolicyAnalysis
import PolicyReports
import Reports

/// How `xsm-policy search` tells what it has found.
enum SearchReport: Report {
    case count(Int)
    case statements(SearchAnswer, AnalysedPolicy)

    func write(_ text: inout AnswerText) {
        switch self {
        case .count(let count): text.line("\(count)")
        case .statements(let answer, _): for entry in answer.entries { StatementReport.write(entry, &text) }
        }
    }

    func write(_ json: inout JSONWriter) {
        json.object { json in
            json.member("version", 1)
            switch self {
            case .count(let count):
                json.member("count", count)
                json.member("statements", nil as String?)
            case .statements(let answer, let policy):
                let names = StatementNames(policy.policy)
                json.member("count", answer.entries.count)
                json.member("statements", array: { json in
                    for entry in answer.entries { json.object { StatementReport.write(entry, names, &$0) } }
                })
            }
        }
    }
}
