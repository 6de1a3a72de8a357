public import Flask
public import JSON
public import PolicyAnalysis
public import Reports

/// How it is told what stands against an access, and what would have it allowed.
public enum ObstacleReport {
    public static func write(_ obstacle: AccessObstacle, indented indent: String, _ text: inout AnswerText) {
        switch obstacle {
        case .noRule(let disabled):
            text.line(indent + (disabled.isEmpty ? "no rule allows it" : "no rule in force allows it; with other booleans there is one:"))
            for remedy in disabled {
                StatementReport.write(remedy.rule, indented: indent + "  ", &text)
                guard !remedy.settings.isEmpty else {
                    text.line("\(indent)    its condition has too many booleans to try them")
                    continue
                }
                text.line("\(indent)    \(words(remedy.settings)) has it hold\(remedy.suffices ? "" : ", which does not suffice")")
            }
        case .constraint(let entry, let isMLS, let failing):
            text.line("\(indent)\(isMLS ? "an MLS constraint" : "a constraint") does not hold:")
            StatementReport.write(entry, indented: indent + "  ", &text)
            for clause in failing { text.line("\(indent)    \(clause.text) is \(clause.isTrue ? "true" : "false"): \(clause.values)") }
        case .roleAllow(let from, let to):
            text.line("\(indent)the role `\(from)` may not become `\(to)`: there is no `allow \(from) \(to);`")
        case .bounds(let source, let target):
            text.line("\(indent)a bound: the types are bounded by `\(source)` and `\(target)`, of which the first may not do it to the second")
        }
    }

    public static func words(_ settings: [Boolean]) -> String {
        settings.map { "\($0.name)=\($0.value ? "on" : "off")" }.joined(separator: " ")
    }

    // MARK: JSON

    public static func write(_ key: String, _ entries: [SearchAnswer.Entry], _ names: StatementNames, _ json: inout JSONWriter) {
        json.member(key, array: { json in
            for entry in entries { json.object { StatementReport.write(entry, names, &$0) } }
        })
    }

    /// The values that booleans are to have, by their names, as the member `settings`.
    public static func write(_ settings: [Boolean], _ json: inout JSONWriter) {
        json.member("settings", object: { json in
            for setting in settings { json.member(setting.name.description, setting.value) }
        })
    }

    public static func write(_ permission: AccessExplanation.Permission, _ names: StatementNames, _ json: inout JSONWriter) {
        json.member("name", permission.name.description)
        json.member("allowed", permission.isAllowed)
        json.member("audited", permission.isAudited)
        write("rules", permission.rules, names, &json)
        json.member("obstacles", array: { json in
            for obstacle in permission.obstacles { json.object { write(obstacle, names, &$0) } }
        })
    }

    /// The parts of a constraint that do not hold.
    public static func write(_ failing: [ConstraintClause], _ json: inout JSONWriter) {
        json.member("failing", array: { json in
            for clause in failing {
                json.object { json in
                    json.member("expression", clause.text)
                    json.member("value", clause.isTrue)
                    json.member("contexts", clause.values)
                }
            }
        })
    }

    private static func write(_ obstacle: AccessObstacle, _ names: StatementNames, _ json: inout JSONWriter) {
        switch obstacle {
        case .noRule(let disabled):
            json.member("kind", "no-rule")
            json.member("disabled", array: { json in
                for remedy in disabled {
                    json.object { json in
                        json.member("rule", object: { StatementReport.write(remedy.rule, names, &$0) })
                        write(remedy.settings, &json)
                        json.member("suffices", remedy.suffices)
                    }
                }
            })
        case .constraint(let entry, let isMLS, let failing):
            json.member("kind", isMLS ? "mls-constraint" : "constraint")
            json.member("constraint", object: { StatementReport.write(entry, names, &$0) })
            write(failing, &json)
        case .roleAllow(let from, let to):
            json.member("kind", "role-allow")
            json.member("from", from.description)
            json.member("to", to.description)
        case .bounds(let source, let target):
            json.member("kind", "bounds")
            json.member("source", source.description)
            json.member("target", target.description)
        }
    }
}
