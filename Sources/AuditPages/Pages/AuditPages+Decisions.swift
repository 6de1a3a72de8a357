import AuditLog
import AuditReports
import AuditStore
import Flask
import PageServer
import Reports

extension AuditPages {
    /// Decisions one by one: hosts and their starts as they were met, the last first, and the newest of each start first.
    func decisions(_ question: PageQuestion) throws(StoreError) -> PageResponse {
        let found = try store.records(question.filter, from: question.start, newestFirst: true, limit: Self.recordLimit)
        let hosts = try store.hosts()
        return frame("Decisions", question).page(at: "/decisions", link: { question.link($0) }) { page in
            writeFilter(question, hosts, at: "/decisions", &page)
            writeCoverage(&page)
            page.element("h1", "Decisions, the newest of each start first")
            if found.records.isEmpty { page.element("p", found.next == nil ? "Nothing here is like that." : "Nothing among those that were looked at.") }
            writeRecords(found.records, question, &page)
            guard let next = found.next else { return }
            page.raw("<p class=\"pages\">")
            page.link(question.link("/decisions") { $0.start = next }, "older")
            page.raw("</p>\n")
        }
    }

    func writeRecords(_ records: [KeyedDenial], _ question: PageQuestion, _ page: inout HTMLText) {
        guard !records.isEmpty else { return }
        page.raw("<div class=\"wide\"><table><thead><tr><th>When</th><th>Host</th><th>Domains</th><th>Who</th><th>To whom</th><th>What</th></tr></thead><tbody>\n")
        for denial in records {
            let record = denial.record
            page.raw("<tr><td class=\"time small\">")
            page.text(denial.time.text ?? "")
            page.raw("</td><td>")
            page.text(denial.key.host)
            page.raw("</td><td>")
            page.text(words(DomainPair(source: record.subject.source ?? record.subject.current, target: record.subject.target)))
            page.raw("</td><td>")
            page.code(Self.text(record.source))
            page.raw("</td><td>")
            page.code(Self.text(record.target))
            page.raw("</td><td>")
            page.code(record.objectClass.bytes + Array(" { \(Self.permissions(record)) }".utf8))
            if record.verdict == .granted { page.raw(" <span class=\"small\">granted</span>") }
            if let object = record.subject.object {
                page.raw(" <span class=\"small\">")
                page.text(object.words)
                page.raw("</span>")
            }
            page.raw("</td></tr>\n")
        }
        page.raw("</tbody></table></div>\n")
    }

    static func text(_ context: AuditRecord.Context) -> [UInt8] {
        switch context {
        case .text(let text): text
        case .identifier(let identifier): Array("sid \(identifier.rawValue)".utf8)
        }
    }

    static func permissions(_ record: AuditRecord) -> String {
        var words = record.permissions.map(\.description)
        if record.unnamedPermissions != 0 { words.append("0x" + String(record.unnamedPermissions, radix: 16)) }
        return words.joined(separator: " ")
    }
}
