import Flask
import JSON
import PolicyAnalysis
import PolicyReports
import Reports

/// How `xsm-policy diff --assert-subset` tells whether it holds.
struct SubsetReport: Report {
    let answer: SubsetAnswer

    func write(_ text: inout AnswerText) {
        for counterexample in answer.counterexamples { write(counterexample, &text) }
    }

    func write(_ json: inout JSONWriter) {
        json.object { json in
            json.member("version", 1)
            json.member("subset", answer.holds)
            json.member("counterexamples", array: { json in
                for counterexample in answer.counterexamples { json.object { write(counterexample, &$0) } }
            })
        }
    }

    private func write(_ counterexample: SubsetCounterexample, _ text: inout AnswerText) {
        text.line("\(counterexample.kind == .unproven ? "?" : "+") \(counterexample.text)")
        if let access = counterexample.access {
            text.append("    ")
            text.append(access.source)
            text.append(" to ")
            text.append(access.target)
            text.line(" \(access.objectClass) { \(access.permission) }")
            for boolean in access.booleans { text.line("    while \(boolean.name) is \(boolean.value ? "true" : "false")") }
        }
        for statement in counterexample.statements { DiffReport.write(statement, "    ", &text) }
    }

    private func write(_ counterexample: SubsetCounterexample, _ json: inout JSONWriter) {
        json.member("kind", counterexample.kind.rawValue)
        json.member("text", counterexample.text)
        json.key("access")
        if let access = counterexample.access {
            json.object { json in
                json.member("source", access.source[...])
                json.member("target", access.target[...])
                json.member("class", access.objectClass.description)
                json.member("permission", access.permission.description)
                ObstacleReport.write(access.booleans, &json)
            }
        } else {
            json.null()
        }
        DiffReport.write("statements", counterexample.statements, &json)
    }
}
