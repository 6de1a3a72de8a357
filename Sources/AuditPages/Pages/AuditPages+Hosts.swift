import AuditLog
import AuditStore
import PageServer
import Reports

extension AuditPages {
    /// All hosts of which something is kept.
    func hosts(_ question: PageQuestion) throws(StoreError) -> PageResponse {
        let hosts = try store.hosts()
        return frame("Hosts", question).page(at: "/hosts", link: { question.link($0) }) { page in
            writeCoverage(&page)
            page.element("h1", "\(hosts.count) host\(hosts.count == 1 ? "" : "s")")
            page.raw("<table class=\"narrow\"><thead><tr><th>Host</th><th class=\"n\">Starts</th><th class=\"n\">Decisions</th><th>First</th><th>Last</th></tr></thead><tbody>\n")
            for host in hosts {
                page.raw("<tr><td>")
                if host.name.isEmpty {
                    page.raw("<span class=\"soft\">nobody said which</span>")
                } else {
                    page.link(question.link("/") { $0.filter.host = host.name }, host.name)
                }
                page.raw("</td>")
                page.number(UInt64(max(0, host.boots)))
                page.number(host.records)
                for time in [host.first, host.last] {
                    page.raw("<td class=\"time small\">")
                    page.text(time.map(PageTime.words) ?? "")
                    page.raw("</td>")
                }
                page.raw("</tr>\n")
            }
            page.raw("</tbody></table>\n")
        }
    }

    /// What hypervisors said beside decisions.
    func notices(_ question: PageQuestion) throws(StoreError) -> PageResponse {
        let notices = try store.notices(question.filter, limit: Self.recordLimit + 1, offset: question.offset)
        return frame("Notices", question).page(at: "/notices", link: { question.link($0) }) { page in
            writeCoverage(&page)
            page.element("h1", "What hypervisors said besides")
            if notices.isEmpty { page.element("p", "Nothing.") }
            page.raw("<div class=\"wide\"><table><thead><tr><th>When</th><th>Host</th><th class=\"n\">Times</th><th>Kind</th><th>Words</th></tr></thead><tbody>\n")
            for notice in notices.prefix(Self.recordLimit) {
                page.raw("<tr><td class=\"time small\">")
                page.text(notice.time.text ?? "")
                page.raw("</td><td>")
                page.text(notice.host)
                page.raw("</td>")
                page.number(notice.count)
                page.raw("<td>")
                page.text(notice.kind.rawValue)
                page.raw("</td><td>")
                page.code(notice.text)
                page.raw("</td></tr>\n")
            }
            page.raw("</tbody></table></div>\n")
            guard notices.count > Self.recordLimit else { return }
            page.raw("<p class=\"pages\">")
            page.link(question.link("/notices") { $0.offset = question.offset + Self.recordLimit }, "older")
            page.raw("</p>\n")
        }
    }
}
