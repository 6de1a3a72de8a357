import Diagnostics
public import JSON
public import PolicyAnalysis
public import Reports

/// How statements of a policy are told, with the lines of its source that say them.
public enum StatementReport {
    // MARK: Text

    /// The statement on a line, which is one of the policy language: what else there is to say is a comment.
    public static func write(_ entry: SearchAnswer.Entry, indented indent: String = "", _ text: inout AnswerText) {
        text.append(indent)
        text.append(entry.text)
        if let condition = entry.found.condition, let expression = entry.expression {
            text.append(" # \(condition.branch ? "if" : "else of") (\(expression)), \(condition.isEnabled ? "enabled" : "disabled")")
        }
        text.endLine()
        for place in entry.places ?? [] { write(place, indented: indent + "    # ", &text) }
    }

    /// A line that says where the source says something.
    public static func write(_ place: StatementPlace, indented indent: String, _ text: inout AnswerText) {
        text.append("\(indent)\(place.location.file):\(place.location.line)")
        if !place.calls.isEmpty {
            let calls = place.calls.reversed().map(\.macro).joined(separator: " > ")
            text.append(": \(calls), \(place.written.file):\(place.written.line)")
        }
        text.endLine()
    }

    // MARK: JSON

    public static func write(_ entry: SearchAnswer.Entry, _ names: StatementNames, _ json: inout JSONWriter) {
        json.member("kind", entry.found.statement.kind.rawValue)
        json.member("statement", entry.text[...])
        names.write(entry.found.statement, &json)
        json.key("condition")
        if let condition = entry.found.condition {
            json.object { json in
                json.member("expression", entry.expression)
                json.member("branch", condition.branch)
                json.member("enabled", condition.isEnabled)
            }
        } else {
            json.null()
        }
        write(entry.places, &json)
    }

    /// Where a source says something, as the member `places`; null where there is no source.
    public static func write(_ places: [StatementPlace]?, _ json: inout JSONWriter) {
        json.key("places")
        guard let places else { return json.null() }
        json.array { json in
            for place in places {
                json.object { json in
                    write(place.location, &json)
                    json.member("written", object: { write(place.written, &$0) })
                    json.member("expansion", array: { json in
                        for call in place.calls {
                            json.object { json in
                                json.member("macro", call.macro)
                                write(call.location, &json)
                            }
                        }
                    })
                }
            }
        }
    }

    private static func write(_ location: SourceLocation, _ json: inout JSONWriter) {
        json.member("file", location.file)
        json.member("line", location.line)
        json.member("column", location.column)
    }
}
