import AuditStore
import JSON
import Reports

/// What became of logs.
struct IngestReport: Report {
    let logs: [(path: String, summary: IngestSummary)]
    /// Whether only logs are told of, as text, of which something was not taken.
    let onlyLosses: Bool

    func write(_ text: inout AnswerText) {
        for (path, summary) in logs where !onlyLosses || summary.cut > 0 || summary.unread > 0 {
            var line = "\(path): \(summary.decisions) decision\(summary.decisions == 1 ? "" : "s") in \(summary.lines) lines"
            line += ": \(summary.added) new, \(summary.known) known"
            if summary.cut > 0 { line += ", \(summary.cut) cut off at an end" }
            if summary.unread > 0 { line += "; \(summary.unread) lines could not be read: `xsm-audit report` shows them" }
            text.line(line)
        }
    }

    func write(_ json: inout JSONWriter) {
        json.object { json in
            json.member("version", 1)
            json.member("logs", array: { json in
                for (path, summary) in logs {
                    json.object { json in
                        json.member("path", path)
                        for (name, value) in [
                            ("bytes", summary.bytes), ("lines", summary.lines), ("decisions", summary.decisions), ("added", summary.added),
                            ("known", summary.known), ("cut", summary.cut), ("notices", summary.notices), ("unread", summary.unread),
                        ] { json.member(name, Int(clamping: value)) }
                    }
                }
            })
        }
    }
}
