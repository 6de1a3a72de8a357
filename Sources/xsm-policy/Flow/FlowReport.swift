import Flask
import JSON
import PolicyAnalysis
import PolicyReports
import Reports

/// How `xsm-policy flow` tells what it has found.
struct FlowReport: Report {
    struct Asked {
        let from: String
        let to: String?
        let answer: FlowAnswer
    }

    /// An assertion that is a mistake.
    struct Mistaken {
        let from: String
        let to: String
        let reason: String
    }

    let asked: [Asked]
    let mistakes: [Mistaken]
    /// Whether there must be no path.
    let isAssertion: Bool
    let unknown: FlowSettings.Unknown
    let policy: AnalysedPolicy
    let path: String
    /// The number of steps beyond which nothing was looked for.
    let only: Int?
    /// Whether rules are left out of the text.
    let isBrief: Bool

    func bytes(_ format: FlowFormat) -> [UInt8] {
        switch format {
        case .text: text
        case .json: json
        case .dot: diagram.dot
        case .svg: diagram.svg
        }
    }

    func write(_ text: inout AnswerText) {
        for asked in asked { write(asked, &text) }
        for line in told(mistakes) { text.line(line) }
        for note in notes { text.line("# \(note)") }
    }

    private func told(_ mistakes: [Mistaken]) -> [String] { mistakes.map { "no answer to \($0.from):\($0.to): \($0.reason)" } }

    // MARK: Notes

    private var notes: [String] {
        var notes: [String] = []
        if let permissions = asked.first?.answer.unknown, !permissions.isEmpty {
            let count = permissions.count == 1 ? "1 permission is" : "\(permissions.count) permissions are"
            let names = permissions.prefix(8).map { "\($0.objectClass) \($0.permission)" }.joined(separator: ", ")
            notes.append("\(count) not in the table, and count as `\(unknown.rawValue)`: \(names)\(permissions.count > 8 ? ", …" : "")")
        }
        let assumed = asked.reduce(0) { $0 + $1.answer.assumed }
        let types = policy.policy.types
        let permissive = policy.policy.permissiveTypes.compactMap { types.indices.contains($0 - 1) ? types[$0 - 1]?.name : nil }
        for name in permissive.prefix(8) { notes.append(Self.permissive(name)) }
        if permissive.count > 8 { notes.append("so are \(permissive.count - 8) more") }
        if assumed > 0 { notes.append("\(assumed) accesses are taken for possible: there are too many contexts to try") }
        return notes
    }

    private static func permissive(_ type: Name) -> String { "`\(type)` is permissive: what it is denied it does all the same" }

    /// What came out, in a line.
    private func outcome(_ asked: Asked) -> String {
        let answer = asked.answer
        let within = only.map { " in \($0) step\($0 == 1 ? "" : "s")" } ?? ""
        guard let to = asked.to else {
            return "\(asked.from) reaches \(answer.reached.count) type\(answer.reached.count == 1 ? "" : "s")\(within)"
        }
        guard let distance = answer.distance else { return "nothing goes from \(asked.from) to \(to)\(within)" }
        let more = answer.hasMore ? ", and there are more" : answer.mayHaveMore ? ", and there may be more" : ""
        let count = "\(answer.paths.count) path\(answer.paths.count == 1 ? "" : "s")\(more)"
        return "\(asked.from) reaches \(to) in \(distance) step\(distance == 1 ? "" : "s"): \(count)"
    }

    // MARK: Text

    private func write(_ asked: Asked, _ text: inout AnswerText) {
        let answer = asked.answer
        let verdict = isAssertion ? (answer.paths.isEmpty ? "holds: " : "does not hold: ") : ""
        text.line(verdict + outcome(asked))
        let width = String(answer.reached.last?.distance ?? 0).count
        for reached in answer.reached {
            let number = String(reached.distance)
            let through = reached.distance > 1 ? "  by \(reached.previous)" : ""
            text.line("  " + String(repeating: " ", count: width - number.count) + "\(number)  \(reached.type)\(through)")
        }
        // A step of several paths is told with the first.
        var told: [[Name]: Int] = [:]
        for (index, path) in answer.paths.enumerated() {
            let names = path.map(\.source) + (path.last.map { [$0.target] } ?? [])
            text.line("path \(index + 1): " + names.map(\.description).joined(separator: " → "))
            for step in path {
                if let earlier = told[[step.source, step.target]] {
                    text.line("  \(step.source) → \(step.target): as in path \(earlier)")
                } else {
                    told[[step.source, step.target]] = index + 1
                    write(step, &text)
                }
            }
        }
    }

    private func write(_ step: FlowStep, _ text: inout AnswerText) {
        text.line("  \(step.source) → \(step.target)")
        for access in step.accesses {
            let permissions = access.permissions.map { "\($0.name)\($0.isKnown ? "" : "?")" }.joined(separator: " ")
            let weight = access.permissions.map(\.weight).max() ?? 0
            let verb = access.isWrite ? "writes" : "reads"
            text.line("    \(access.source) \(verb) \(access.target):\(access.objectClass) { \(permissions) }, weight \(weight)")
            if access.isPermissive { text.line("      " + Self.permissive(access.source)) }
            if isBrief { continue }
            if access.isAssumed { text.line("      taken for possible: there are too many contexts to try") }
            if let contexts = access.contexts { text.line("      such as \(contexts.source) to \(contexts.target)") }
            for entry in access.rules { StatementReport.write(entry, indented: "      ", &text) }
        }
    }

    // MARK: JSON

    func write(_ json: inout JSONWriter) {
        let names = StatementNames(policy.policy)
        json.object { json in
            json.member("version", 1)
            json.member("holds", isAssertion ? mistakes.isEmpty && asked.allSatisfy(\.answer.paths.isEmpty) : nil)
            json.member("questions", array: { json in
                for asked in asked { json.object { write(asked, names, &$0) } }
            })
            json.member("mistakes", array: { json in
                for mistake in mistakes {
                    json.object { json in
                        json.member("from", mistake.from)
                        json.member("to", mistake.to)
                        json.member("reason", mistake.reason)
                    }
                }
            })
            json.member("unknownPermissions", array: { json in
                for permission in asked.first?.answer.unknown ?? [] {
                    json.object { json in
                        json.member("class", permission.objectClass.description)
                        json.member("permission", permission.permission.description)
                    }
                }
            })
            json.member("assumed", asked.reduce(0) { $0 + $1.answer.assumed })
        }
    }

    private func write(_ asked: Asked, _ names: StatementNames, _ json: inout JSONWriter) {
        let answer = asked.answer
        json.member("from", asked.from)
        json.member("to", asked.to)
        json.member("distance", answer.distance)
        if answer.targets == nil {
            json.member("reached", array: { json in
                for reached in answer.reached {
                    json.object { json in
                        json.member("type", reached.type.description)
                        json.member("distance", reached.distance)
                        json.member("previous", reached.previous.description)
                    }
                }
            })
            return
        }
        json.member("hasMore", answer.hasMore)
        json.member("mayHaveMore", answer.mayHaveMore)
        json.member("paths", array: { json in
            for path in answer.paths {
                json.array { json in
                    for step in path { json.object { write(step, names, &$0) } }
                }
            }
        })
    }

    private func write(_ step: FlowStep, _ names: StatementNames, _ json: inout JSONWriter) {
        json.member("from", step.source.description)
        json.member("to", step.target.description)
        json.member("accesses", array: { json in
            for access in step.accesses {
                json.object { json in
                    json.member("source", access.source.description)
                    json.member("target", access.target.description)
                    json.member("class", access.objectClass.description)
                    json.member("direction", access.isWrite ? "write" : "read")
                    json.member("permissions", array: { json in
                        for permission in access.permissions {
                            json.object { json in
                                json.member("name", permission.name.description)
                                json.member("weight", Int(permission.weight))
                                json.member("known", permission.isKnown)
                            }
                        }
                    })
                    json.member("assumed", access.isAssumed)
                    json.member("permissive", access.isPermissive)
                    json.member("sourceContext", access.contexts?.source)
                    json.member("targetContext", access.contexts?.target)
                    json.member("rules", array: { json in
                        for entry in access.rules { json.object { StatementReport.write(entry, names, &$0) } }
                    })
                }
            }
        })
    }

    // MARK: Pictures

    private var diagram: FlowDiagram {
        let title: String
        if let first = asked.first, asked.count == 1 {
            title = first.to.map { "Information from \(first.from) to \($0)" } ?? "Where information from \(first.from) goes"
        } else {
            title = "Information that must not flow"
        }
        return FlowDiagram(asked.map(\.answer), title: title, notes: [path] + asked.map(outcome) + told(mistakes) + notes)
    }
}
