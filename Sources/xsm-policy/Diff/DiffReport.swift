import Flask
import JSON
import PolicyAnalysis
import PolicyReports
import Reports

/// How `xsm-policy diff` tells what differs.
struct DiffReport: Report {
    let difference: PolicyDifference

    // MARK: Text

    func write(_ text: inout AnswerText) {
        let entries = Dictionary(grouping: difference.entries, by: \.group)
        let rules = Dictionary(grouping: difference.rules, by: \.group)
        for group in DifferenceGroup.allCases {
            let (entries, rules) = (entries[group] ?? [], rules[group] ?? [])
            guard !entries.isEmpty || !rules.isEmpty else { continue }
            let changes = entries.map(\.change) + rules.map(\.change)
            let counts = [DifferenceEntry.Change.added, .removed, .changed].compactMap { change in
                let count = changes.count { $0 == change }
                return count == 0 ? nil : "\(count) \(change.rawValue)"
            }
            text.line("\(group.rawValue): \(counts.joined(separator: ", "))")
            for entry in entries { write(entry, &text) }
            for rule in rules { write(rule, &text) }
        }
    }

    private func write(_ entry: DifferenceEntry, _ text: inout AnswerText) {
        switch entry.change {
        case .added: for statement in entry.after { Self.write(statement, "+ ", &text) }
        case .removed: for statement in entry.before { Self.write(statement, "- ", &text) }
        case .changed where entry.after.isEmpty && entry.before.isEmpty:
            text.append("~ ")
            text.append(entry.name.bytes)
            text.endLine()
        case .changed:
            for statement in entry.after { Self.write(statement, "~ ", &text) }
            for statement in entry.before { Self.write(statement, "    was ", &text) }
        }
        for members in entry.members {
            if members.added.isEmpty, members.removed.isEmpty { continue }
            text.append("    \(members.what):")
            for (sign, names) in [(" +", members.added), (" -", members.removed)] {
                for name in names {
                    text.append(sign)
                    text.append(name.bytes)
                }
            }
            text.endLine()
        }
    }

    static func write(_ statement: DifferenceEntry.Statement, _ start: String, _ text: inout AnswerText) {
        text.append(start)
        text.append(statement.text)
        if let condition = statement.condition { text.append(" # if (\(condition))") }
        text.endLine()
        let indent = start.hasPrefix(" ") ? "        # " : "    # "
        for place in statement.places ?? [] { StatementReport.write(place, indented: indent, &text) }
    }

    private func write(_ rule: RuleDifference, _ text: inout AnswerText) {
        let mark = rule.change == .added ? "+ " : rule.change == .removed ? "- " : "~ "
        // What is simply more or less stands together; what has another condition stands alone.
        let plain = rule.parts.filter {
            [$0.before, $0.after] == [.never, .always] || [$0.before, $0.after] == [.always, .never]
        }
        if !plain.isEmpty {
            start(rule, mark, &text)
            for part in plain {
                for name in part.permissions {
                    if rule.change == .changed { text.append(part.isAddition ? "+" : "-") }
                    text.append(name.bytes)
                    text.append(" ")
                }
            }
            text.line("};")
        }
        for part in rule.parts where part.before != .never || part.after != .always {
            if part.before == .always, part.after == .never { continue }
            start(rule, mark, &text)
            for name in part.permissions {
                if rule.change == .changed, part.isAddition || part.isRemoval { text.append(part.isAddition ? "+" : "-") }
                text.append(name.bytes)
                text.append(" ")
            }
            text.append("}; # ")
            if part.isAddition {
                text.line(part.after.text)
            } else if part.isRemoval {
                text.line(part.before.text)
            } else {
                text.line("\(part.after.text), was \(part.before.text)")
            }
        }
        let isChanged = rule.change == .changed
        for (sign, statements) in [(isChanged ? "+ " : "", rule.added), (isChanged ? "- " : "", rule.removed)] {
            for statement in statements {
                for place in statement.places ?? [] { StatementReport.write(place, indented: "    # \(sign)", &text) }
            }
        }
    }

    /// The rule up to its permissions.
    private func start(_ rule: RuleDifference, _ mark: String, _ text: inout AnswerText) {
        text.append("\(mark)\(rule.group.rawValue) ")
        write(rule.sources, rule.sourceAttribute, &text)
        text.append(" ")
        write(rule.targets, rule.targetAttribute, &text)
        text.append(":")
        text.append(rule.objectClass.bytes)
        if let operation = rule.operation { text.append(" \(operation)") }
        text.append(" { ")
    }

    private func write(_ types: [Name], _ attribute: Name?, _ text: inout AnswerText) {
        if let name = attribute ?? (types.count == 1 ? types.first : nil) {
            text.append(name.bytes)
            return
        }
        text.append("{")
        for name in types {
            text.append(" ")
            text.append(name.bytes)
        }
        text.append(" }")
    }

    // MARK: JSON

    func write(_ json: inout JSONWriter) {
        json.object { json in
            json.member("version", 1)
            json.member("equal", difference.isEmpty)
            json.member(
                "differences",
                array: { json in
                    for entry in difference.entries { json.object { write(entry, &$0) } }
                })
            json.member(
                "rules",
                array: { json in
                    for rule in difference.rules { json.object { write(rule, &$0) } }
                })
        }
    }

    private func write(_ entry: DifferenceEntry, _ json: inout JSONWriter) {
        json.member("kind", entry.group.rawValue)
        json.member("change", entry.change.rawValue)
        json.member("name", entry.name.description)
        Self.write("before", entry.before, &json)
        Self.write("after", entry.after, &json)
        json.member(
            "members",
            array: { json in
                for members in entry.members where !members.added.isEmpty || !members.removed.isEmpty {
                    json.object { json in
                        json.member("what", members.what)
                        Self.write("added", members.added, &json)
                        Self.write("removed", members.removed, &json)
                    }
                }
            })
    }

    private func write(_ rule: RuleDifference, _ json: inout JSONWriter) {
        json.member("kind", rule.group.rawValue)
        json.member("change", rule.change.rawValue)
        Self.write("sources", rule.sources, &json)
        Self.write("targets", rule.targets, &json)
        json.member("sourceAttribute", rule.sourceAttribute?.description)
        json.member("targetAttribute", rule.targetAttribute?.description)
        json.member("class", rule.objectClass.description)
        json.member("operation", rule.operation)
        json.member(
            "parts",
            array: { json in
                for part in rule.parts {
                    json.object { json in
                        Self.write("permissions", part.permissions, &json)
                        write("before", part.before, &json)
                        write("after", part.after, &json)
                    }
                }
            })
        Self.write("added", rule.added, &json)
        Self.write("removed", rule.removed, &json)
    }

    /// When something is said: true or false, or the expression.
    private func write(_ key: String, _ when: RuleDifference.When, _ json: inout JSONWriter) {
        switch when {
        case .never: json.member(key, false)
        case .always: json.member(key, true)
        case .condition(let text): json.member(key, text)
        }
    }

    private static func write(_ key: String, _ names: [Name], _ json: inout JSONWriter) {
        json.member(
            key,
            array: { json in
                for name in names { json.value(name.bytes[...]) }
            })
    }

    static func write(_ key: String, _ statements: [DifferenceEntry.Statement], _ json: inout JSONWriter) {
        json.member(
            key,
            array: { json in
                for statement in statements {
                    json.object { json in
                        json.member("statement", statement.text[...])
                        json.member("expression", statement.condition)
                        StatementReport.write(statement.places, &json)
                    }
                }
            })
    }
}

extension RuleDifference.When {
    fileprivate var text: String {
        switch self {
        case .never: "never"
        case .always: "always"
        case .condition(let text): "if (\(text))"
        }
    }
}
