import AuditLog
import Flask
import JSON
import Reports

/// How an alert is told.
struct AlertReport: Report {
    let alert: Alert
    let path: String
    let names: DomainNames

    func write(_ text: inout AnswerText) {
        text.append("\(alert.rule): ")
        switch alert.cause {
        case .notice(let notice): text.append(notice.text)
        case .decision(let decision):
            let record = decision.record
            text.append("\(record.verdict.rawValue) ")
            text.append(record.source.typeText)
            text.append(" to ")
            text.append(record.target.typeText)
            text.append(" ")
            text.append(record.objectClass.bytes)
            text.append(" { \(permissions(record).map(\.description).joined(separator: " ")) }")
            if alert.count > 1 { text.append(", \(alert.count) times") }
            let subject = record.subject
            let domains = [subject.source ?? subject.current, subject.target].compactMap { $0 }.map(words)
            if !domains.isEmpty { text.append(", " + domains.joined(separator: " → ")) }
        }
        if let host = alert.host {
            text.append(", on ")
            text.append(host)
        }
        text.endLine()
    }

    func write(_ json: inout JSONWriter) {
        json.object { json in
            json.member("version", 1)
            json.member("alert", alert.rule.description)
            json.member("log", path)
            json.member("host", alert.host?[...])
            switch alert.cause {
            case .notice(let notice):
                json.member("kind", notice.kind.rawValue)
                json.member("text", notice.text[...])
                write(notice.time, notice.line, &json)
            case .decision(let decision):
                let record = decision.record
                json.member("verdict", record.verdict.rawValue)
                json.member("source", LogReport.bytes(record.source)[...])
                json.member("target", LogReport.bytes(record.target)[...])
                json.member("class", record.objectClass.bytes[...])
                json.member("permissions", array: { json in for name in record.permissions { json.value(name.bytes[...]) } })
                json.member("unnamedPermissions", Int(record.unnamedPermissions))
                json.member("count", Int(clamping: alert.count))
                names.write("sourceDomain", record.subject.source ?? record.subject.current, &json)
                names.write("targetDomain", record.subject.target, &json)
                write(decision.time, decision.line, &json)
            }
        }
    }

    private func write(_ time: LogTime, _ line: UInt64, _ json: inout JSONWriter) {
        json.member("line", Int(clamping: line))
        json.member("time", time.timestamp)
    }

    private func permissions(_ record: AuditRecord) -> [Name] {
        record.permissions + (record.unnamedPermissions == 0 ? [] : [Name("0x" + String(record.unnamedPermissions, radix: 16))])
    }

    private func words(_ domain: DomainIdentifier) -> String {
        names[domain].map { "\(String(decoding: $0, as: UTF8.self)) (\(domain))" } ?? domain.description
    }
}
