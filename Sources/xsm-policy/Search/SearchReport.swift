import Diagnostics
import Flask
import JSON
import PolicyAnalysis

/// How `xsm-policy search` tells what it has found.
enum SearchReport: Report {
    case count(Int)
    case statements(SearchAnswer, AnalysedPolicy)

    func write(_ text: inout AnswerText) {
        switch self {
        case .count(let count): text.line("\(count)")
        case .statements(let answer, _): for entry in answer.entries { Self.write(entry, &text) }
        }
    }

    func write(_ json: inout JSONWriter) {
        json.object { json in
            json.member("version", 1)
            switch self {
            case .count(let count): json.member("count", count)
            case .statements(let answer, let policy):
                let names = StatementNames(policy.policy)
                json.member("count", answer.entries.count)
                json.member("statements", array: { json in
                    for entry in answer.entries { json.object { Self.write(entry, names, &$0) } }
                })
            }
        }
    }

    // MARK: Text

    /// The statement on a line, which is one of the policy language: what else there is to say is a comment.
    static func write(_ entry: SearchAnswer.Entry, indented indent: String = "", _ text: inout AnswerText) {
        text.append(indent)
        text.append(entry.text)
        if let condition = entry.found.condition, let expression = entry.expression {
            text.append(" # \(condition.branch ? "if" : "else of") (\(expression)), \(condition.isEnabled ? "enabled" : "disabled")")
        }
        text.endLine()
        for place in entry.places ?? [] { write(place, indented: indent + "    # ", &text) }
    }

    /// A line that says where the source says something.
    static func write(_ place: StatementPlace, indented indent: String, _ text: inout AnswerText) {
        text.append("\(indent)\(place.location.file):\(place.location.line)")
        if !place.calls.isEmpty {
            let calls = place.calls.reversed().map(\.macro).joined(separator: " > ")
            text.append(": \(calls), \(place.written.file):\(place.written.line)")
        }
        text.endLine()
    }

    // MARK: JSON

    static func write(_ entry: SearchAnswer.Entry, _ names: StatementNames, _ json: inout JSONWriter) {
        json.member("kind", entry.found.statement.kind.rawValue)
        json.member("statement", entry.text[...])
        names.write(entry.found.statement, &json)
        if let condition = entry.found.condition {
            json.member("condition", object: { json in
                json.member("expression", entry.expression)
                json.member("branch", condition.branch)
                json.member("enabled", condition.isEnabled)
            })
        }
        if let places = entry.places { write(places, &json) }
    }

    /// Where a source says something, as the member `places`.
    static func write(_ places: [StatementPlace], _ json: inout JSONWriter) {
        json.member("places", array: { json in
            for place in places {
                json.object { json in
                    json.member("file", place.location.file)
                    json.member("line", place.location.line)
                    json.member("column", place.location.column)
                    guard !place.calls.isEmpty else { return }
                    json.member("written", object: { json in
                        json.member("file", place.written.file)
                        json.member("line", place.written.line)
                    })
                    json.member("macros", array: { json in
                        for call in place.calls {
                            json.object { json in
                                json.member("name", call.macro)
                                json.member("file", call.location.file)
                                json.member("line", call.location.line)
                            }
                        }
                    })
                }
            }
        })
    }
}
