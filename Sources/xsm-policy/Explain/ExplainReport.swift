import Flask
import JSON
import PolicyAnalysis
import PolicyReports
import Reports

/// How `xsm-policy explain` tells what it has found.
struct ExplainReport: Report {
    /// Subject, object and class, as they were asked.
    let words: [String]
    let explanation: AccessExplanation
    let policy: AnalysedPolicy

    // MARK: Text

    func write(_ text: inout AnswerText) {
        text.line("\(words[0])")
        text.line("  to \(words[1])")
        if explanation.isPermissive { text.line("  the source's type is permissive: what is denied is done all the same, and reported") }
        for permission in explanation.permissions {
            let audit = permission.isAudited == permission.isAllowed
            let told = permission.isAllowed ? (audit ? ", and reported" : "") : (audit ? ", and not reported: a dontaudit rule" : "")
            text.line("\(words[2]) { \(permission.name) }: \(permission.isAllowed ? "allowed" : "denied")\(told)")
            for entry in permission.rules { StatementReport.write(entry, indented: "  ", &text) }
            for obstacle in permission.obstacles { ObstacleReport.write(obstacle, indented: "  ", &text) }
        }
        write("subject", explanation.sourceOrigins, &text)
        write("object", explanation.targetOrigins, &text)
    }

    private func write(_ who: String, _ origins: [SearchAnswer.Entry], _ text: inout AnswerText) {
        guard !origins.isEmpty else { return }
        text.line("the \(who)'s type is made by")
        for entry in origins { StatementReport.write(entry, indented: "  ", &text) }
    }

    // MARK: JSON

    func write(_ json: inout JSONWriter) {
        let names = StatementNames(policy.policy)
        json.object { json in
            json.member("version", 1)
            json.member("source", words[0])
            json.member("target", words[1])
            json.member("class", words[2])
            json.member("allowed", explanation.isAllowed)
            json.member("permissive", explanation.isPermissive)
            json.member("permissions", array: { json in
                for permission in explanation.permissions { json.object { ObstacleReport.write(permission, names, &$0) } }
            })
            ObstacleReport.write("sourceOrigins", explanation.sourceOrigins, names, &json)
            ObstacleReport.write("targetOrigins", explanation.targetOrigins, names, &json)
        }
    }
}
