import AuditLog
import AuditStore
import JSON
import LogFiles
import Reports

/// What was removed.
struct PruneReport: Report {
    let report: RetentionReport

    func write(_ text: inout AnswerText) {
        var line = "\(report.records) decision\(report.records == 1 ? "" : "s") removed"
        if let first = report.first, let last = report.last, let from = LogTime.date(first).text, let to = LogTime.date(last).text {
            line += ", from \(from) to \(to), UTC"
        }
        text.line(line)
        text.line("\(report.sizeAfter) bytes, \(report.sizeBefore) before")
    }

    func write(_ json: inout JSONWriter) {
        json.object { json in
            json.member("version", 1)
            json.member("decisions", Int(clamping: report.records))
            json.member("notices", Int(clamping: report.notices))
            json.member("firstTime", report.first.flatMap { LogTime.date($0).timestamp })
            json.member("lastTime", report.last.flatMap { LogTime.date($0).timestamp })
            json.member("bytesBefore", Int(report.sizeBefore))
            json.member("bytesAfter", Int(report.sizeAfter))
        }
    }
}
