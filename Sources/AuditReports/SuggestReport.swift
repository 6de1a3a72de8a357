public import AuditAnalysis
import Diagnostics
import Flask
import PolicyAnalysis
public import Reports

/// How `xsm-audit suggest` tells what it has found.
public struct SuggestReport: Report {
    let found: SuggestionReport
    /// Decisions of kinds that there was no room for.
    let untold: UInt64
    /// Where the patch was written.
    let patch: String?
    /// Whether assertions say what no change may break.
    let isChecked: Bool

    /// Of what else a change allows so many lines are told as text.
    private static let listed = 12

    public init(found: SuggestionReport, untold: UInt64, patch: String?, isChecked: Bool) {
        self.found = found
        self.untold = untold
        self.patch = patch
        self.isChecked = isChecked
    }

    public func write(_ text: inout AnswerText) {
        for suggestion in found.suggestions {
            text.line("\(Self.times(suggestion.count)): \(Self.summary(suggestion))")
            write(suggestion, indented: "  ", &text)
            for other in suggestion.alternatives {
                text.line("  or, instead: \(Self.summary(other))")
                write(other, indented: "    ", &text)
            }
        }
        for entry in found.withoutSuggestion { write(entry, &text) }
        if !found.allowed.isEmpty {
            text.line("allowed by this policy as it is: the log is of another one, or of other values of booleans")
            for access in found.allowed { write(access, indented: "  ", &text) }
        }
        write(found.patch, &text)
        for omission in found.omissions { text.line("note: \(omission)") }
        if untold > 0 { text.line("note: \(untold) denials are of kinds that there was no room for") }
        if found.suggestions.isEmpty, found.withoutSuggestion.isEmpty, found.allowed.isEmpty { text.line("nothing was denied") }
    }

    // MARK: Suggestions

    static func times(_ count: UInt64) -> String { count == 1 ? "1 denial" : "\(count) denials" }

    static func summary(_ suggestion: Suggestion) -> String {
        switch suggestion.change {
        case .call(let name, let arguments, let definition): "\(name)(\(arguments.joined(separator: ", "))), which `\(definition)` defines"
        case .rules(let rules): rules.count == 1 ? "a rule" : "\(rules.count) rules"
        case .booleans: "\(suggestion.text.joined(separator: " ")): a rule is there, and a boolean turns it off"
        }
    }

    private func write(_ suggestion: Suggestion, indented indent: String, _ text: inout AnswerText) {
        for lines in suggestion.lines {
            text.line("\(indent)\(lines.file), behind line \(lines.line):")
            for line in lines.text { text.line("\(indent)+ \(line)") }
        }
        text.line("\(indent)allows")
        for access in suggestion.allows { write(access, indented: indent + "  ", &text) }
        for made in suggestion.madeTypes {
            text.append("\(indent)`\(made.type)` is what this makes: ")
            text.append(made.transition)
            text.line(made.place.map { "  [\($0.file):\($0.line)]" } ?? "")
        }
        write(suggestion.alsoAllows, suggestion.alsoAllowsCount, indented: indent, &text)
        write(suggestion.effects, indented: indent, &text)
    }

    private func write(_ others: [GrantedAccess], _ count: Int, indented indent: String, _ text: inout AnswerText) {
        guard !others.isEmpty else { return text.line("\(indent)and nothing else") }
        text.line("\(indent)and also (\(count)):")
        for access in others.prefix(Self.listed) { text.line("\(indent)  \(Self.words(access))") }
        if others.count > Self.listed { text.line("\(indent)  … and \(others.count - Self.listed) more: `--format json` has them") }
    }

    private func write(_ effects: SuggestionEffects, indented indent: String, _ text: inout AnswerText) {
        for broken in effects.broken {
            let what = broken.isFlow ? "opens a forbidden flow" : "breaks a promise"
            text.line("\(indent)\(what): `\(broken.assertion)`\(broken.test.isEmpty ? "" : " (\(broken.test))")\(broken.failure.isEmpty ? "" : ": \(broken.failure)")")
        }
        for flow in effects.flows {
            text.line("\(indent)information can go from \(flow.source) to \(flow.target)\(flow.wasIndirect ? " in one step; until now only by way of other types" : ", as it could not before")")
        }
        if effects.isCut { text.line("\(indent)not all flows of information were looked at") }
    }

    static func words(_ access: GrantedAccess) -> String {
        func names(_ names: [Name], _ attribute: Name?) -> String {
            if let attribute { return attribute.description }
            let shown = names.prefix(8).map(\.description).joined(separator: " ")
            return names.count == 1 ? shown : "{ \(shown)\(names.count > 8 ? " … \(names.count) types" : "") }"
        }
        return "\(names(access.sources, access.sourceAttribute)) \(names(access.targets, access.targetAttribute)):\(access.objectClass) "
            + "{ \(access.permissions.map(\.description).joined(separator: " ")) }" + (access.condition.map { " if \($0)" } ?? "")
    }

    private func write(_ access: DeniedAccess, indented indent: String, _ text: inout AnswerText) {
        text.append(indent)
        text.append(access.source)
        text.append(" ")
        text.append(access.target)
        text.line(":\(access.objectClass) { \(access.permissions.map(\.description).joined(separator: " ")) }  \(access.count)")
    }

    // MARK: What gets none

    private func write(_ entry: UnsuggestedAccess, _ text: inout AnswerText) {
        text.line("\(Self.times(entry.access.count)): no rule")
        write(entry.access, indented: "  ", &text)
        for (index, reason) in entry.reasons.enumerated() {
            text.line("  \(reason.message)\(reason.place.map { "  [\($0.file):\($0.line)]" } ?? "")")
            switch reason {
            case .constraint(let statement, _, _, let failing):
                text.append("    ")
                text.append(statement)
                text.endLine()
                for clause in failing { text.line("    \(clause.text) is \(clause.isTrue ? "true" : "false"): \(clause.values)") }
            case .neverAllow(_, let forbidden):
                // The compiler's words are about a rule that is there; this one would be.
                for line in forbidden { text.line("    it would \(line.hasPrefix("allows ") ? "allow " + line.dropFirst(7) : line)") }
            case .unlabeled(_, let objects), .unlabeledHardware(_, _, let objects): for object in objects { text.line("    \(object.words)") }
            default: break
            }
            // What several want is said behind the last of them.
            let isSaidAgain = entry.reasons[(index + 1)...].contains { $0.advice == reason.advice }
            if let advice = reason.advice, !isSaidAgain { text.line("    what it would need: \(advice)") }
        }
    }

    private func write(_ patch: SuggestionReport.Patch?, _ text: inout AnswerText) {
        guard let patch else { return }
        text.line(
            self.patch.map { "all that \(isChecked ? "breaks no promise" : "can be written") is in `\($0)`: `patch -p1` applies it" }
                ?? "`--patch FILE` writes all that \(isChecked ? "breaks no promise" : "can be written") as a patch")
        for access in patch.stillDenied {
            text.line("  together they do not allow")
            write(access, indented: "    ", &text)
        }
        write(patch.effects, indented: "  together: ", &text)
    }
}
