import Hypervisor
import JSON
import Reports

/// What came of a scenario, for people and for programs.
enum ScenarioReport {
    /// Every operation in a line, by area: how it is written, and what it does.
    static var operations: String {
        ScenarioOperation.areas.map { area in
            "\(area.name)\n" + area.operations.map(line).joined()
        }.joined(separator: "\n")
    }

    private static func line(_ operation: ScenarioOperation) -> String {
        let usage = operation.parametersText.isEmpty ? operation.name : "\(operation.name) \(operation.parametersText)"
        let gap = String(repeating: " ", count: max(2, 48 - usage.count))
        return "  \(usage)\(gap)\(operation.summary)\(operation.gives.map { "; gives a \($0)" } ?? "")\n"
    }

    static func text(_ outcomes: [ScenarioOutcome], asksToo: Bool, onlyFailures: Bool, _ style: VerdictStyle) -> String {
        var text = ""
        for outcome in outcomes where !onlyFailures || !outcome.isAsExpected {
            let verdict = outcome.isAsExpected ? style.words("ok", .good) + "  " : style.words("FAIL", .bad)
            text += "\(verdict) \(outcome.step.line): \(outcome.step.text)\n"
            if !outcome.isAsExpected { text += "     it was: \(outcome.actual)\n" }
            if asksToo { for question in outcome.questions { text += "     \(words(question))\n" } }
            for rule in outcome.missingRules { text += "     to allow it: \(rule)\n" }
            for message in outcome.messages where !message.isEmpty { text += "     \(message)\n" }
        }
        let failed = outcomes.count { !$0.isAsExpected }
        if onlyFailures, failed == 0 { return text }
        return text + "\(outcomes.count) step\(outcomes.count == 1 ? "" : "s"), \(failed == 0 ? "all as expected" : "\(failed) not as expected")\n"
    }

    /// What was asked, as a rule of a policy says it.
    private static func words(_ question: ScenarioOutcome.Question) -> String {
        let permissions = question.permissions.joined(separator: " ")
        return "\(question.isGranted ? "granted" : "refused") \(question.source) \(question.target):\(question.objectClass) { \(permissions) }"
    }

    /// One object; `version` is that of its form.
    static func json(_ outcomes: [ScenarioOutcome]) -> String {
        var json = JSONWriter(indented: true)
        json.object { json in
            json.member("version", 1)
            json.member("asExpected", outcomes.allSatisfy(\.isAsExpected))
            json.member("steps", array: { json in
                for outcome in outcomes { json.object { write(outcome, to: &$0) } }
            })
        }
        json.newline()
        return String(decoding: json.bytes, as: UTF8.self)
    }

    private static func write(_ outcome: ScenarioOutcome, to json: inout JSONWriter) {
        json.member("line", outcome.step.line)
        json.member("step", outcome.step.text)
        json.member("result", outcome.actual)
        json.member("asExpected", outcome.isAsExpected)
        json.member("questions", array: { json in
            for question in outcome.questions {
                json.object { json in
                    json.member("source", question.source)
                    json.member("target", question.target)
                    json.member("class", question.objectClass)
                    json.member("permissions", array: { json in for permission in question.permissions { json.value(permission) } })
                    json.member("granted", question.isGranted)
                }
            }
        })
        json.member("missingRules", array: { json in for rule in outcome.missingRules { json.value(rule) } })
        json.member("messages", array: { json in for message in outcome.messages { json.value(message) } })
    }
}
