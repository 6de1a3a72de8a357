import AuditAnalysis
import AuditLog
import AuditReports
import Flask
import PolicyAnalysis
import PolicyReports
import Reports

/// What `xsm-audit explain` has found.
struct ExplainReport: Report {
    struct Entry {
        let cell: DenialCell
        let explanation: DenialExplanation
    }

    /// How times, lines and domains are told.
    let log: LogReport
    let policy: AnalysedPolicy?
    let origin: LogOrigin
    let mismatch: ReleaseMismatch?
    let entries: [Entry]
    /// How many kinds there are beside those.
    let omitted: Int

    func write(_ text: inout AnswerText) {
        if entries.isEmpty { text.line("nothing was denied") }
        Self.write(mismatch, &text)
        for (index, entry) in entries.enumerated() {
            if index > 0 || mismatch != nil { text.endLine() }
            write(entry, &text)
        }
        if omitted > 0 {
            text.endLine()
            text.line("… and \(omitted) more kinds of decisions: `--limit 0` shows all")
        }
        if policy == nil, !entries.isEmpty {
            text.endLine()
            text.line("`--policy POLICY` tells why as well: the rule that is missing, the boolean, the constraint; of a policy's source, where")
        }
    }

    /// What the whole log and the policy disagree about.
    static func write(_ mismatch: ReleaseMismatch?, _ text: inout AnswerText) {
        guard let mismatch else { return }
        text.line(mismatch.text)
        for sign in mismatch.signs { text.line("  " + sign.text) }
    }

    private func write(_ entry: Entry, _ text: inout AnswerText) {
        Self.writeHead(entry.cell, &text)
        writeSights(entry.cell, &text)
        for part in Self.parts(of: entry.explanation.permissions) { write(part, &text) }
        for cause in entry.explanation.causes where cause.kind != .otherRelease { CauseReport.write(cause, indented: "    ", &text) }
        if entry.explanation.causes.contains(where: { $0.kind == .otherRelease }) {
            text.line("    the policy is for other releases of Xen than the log: see above")
        }
        write("source", entry.explanation.sourceOrigins, &text)
        write("target", entry.explanation.targetOrigins, &text)
    }

    /// What the line says, and how often.
    static func writeHead(_ cell: DenialCell, _ text: inout AnswerText) {
        text.append("\(cell.count) × \(cell.record.verdict.rawValue)  ")
        text.append(LogReport.bytes(cell.record.source))
        text.append("  ")
        text.append(LogReport.bytes(cell.record.target))
        var words = cell.record.permissions.map(\.description)
        if cell.record.unnamedPermissions != 0 { words.append("0x" + String(cell.record.unnamedPermissions, radix: 16)) }
        text.line("  \(cell.record.objectClass) { \(words.joined(separator: " ")) }")
    }

    private func writeSights(_ cell: DenialCell, _ text: inout AnswerText) {
        var parts = cell.domains.prefix(4).map { log.words($0.pair) }
        if cell.domains.count > 4 || cell.otherDomains > 0 { parts.append("…") }
        parts += cell.objects.prefix(4).map { $0.words }
        if cell.objects.count > 4 || cell.hasMoreObjects { parts.append("…") }
        let times = cell.count == 1 ? log.words(cell.first) : "\(log.words(cell.first)) to \(log.words(cell.last))"
        text.line("    " + (parts.isEmpty ? times : "\(parts.joined(separator: ", ")); \(times)"))
    }

    // MARK: Permissions

    /// Permissions of which the same is to be said.
    private struct Part {
        var names: [Name]
        let permission: DenialExplanation.Permission
        let told: [String]
    }

    private static func parts(of permissions: [DenialExplanation.Permission]) -> [Part] {
        var parts: [Part] = []
        for permission in permissions {
            let told = permission.operations.map { $0.text + $0.note } + [permission.absence ?? "", permission.verdict.rawValue]
                + permission.causes.map { "\($0.kind) \($0.text)" }
            if let place = parts.firstIndex(where: { $0.told == told }), !permission.causes.contains(where: { $0.kind == .allowedNow || $0.kind == .boolean }) {
                parts[place].names.append(permission.name)
            } else {
                parts.append(Part(names: [permission.name], permission: permission, told: told))
            }
        }
        return parts
    }

    private func write(_ part: Part, _ text: inout AnswerText) {
        text.line("    \(part.names.map(\.description).joined(separator: ", ")):")
        for operation in part.permission.operations {
            text.line("        \(operation.text)")
            if !operation.note.isEmpty { text.line("            \(operation.note)") }
        }
        if let absence = part.permission.absence { text.line("        nothing asks for it: \(absence)") }
        guard policy != nil else { return }
        text.line("        \(Self.words(part.permission.verdict))\(part.permission.causes.isEmpty ? "" : ":")")
        for cause in part.permission.causes { CauseReport.write(cause, indented: "            ", &text) }
    }

    static func words(_ verdict: DenialExplanation.Verdict) -> String {
        switch verdict {
        case .allowed: "allowed by the policy"
        case .denied: "denied by the policy"
        case .undecided: "the policy cannot be asked about it"
        }
    }

    private func write(_ who: String, _ origins: [SearchAnswer.Entry], _ text: inout AnswerText) {
        guard !origins.isEmpty else { return }
        text.line("    the \(who)'s type is made by")
        for entry in origins { StatementReport.write(entry, indented: "        ", &text) }
    }
}
