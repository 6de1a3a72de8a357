import AuditLog
import AuditStore
import Flask
import PageServer
import Reports

extension AuditPages {
    /// Who was denied what, how often and when.
    func overview(_ question: PageQuestion) throws(StoreError) -> PageResponse {
        let totals = try store.totals(question.filter)
        let times = try store.histogram(question.filter, limit: 120)
        let groups = try store.groups(question.filter, by: .types, limit: Self.groupLimit + 1, offset: question.offset)
        let hosts = try store.hosts()
        let newest = try newest(question.filter, hosts)
        return frame("Overview", question).page(at: "/", link: { question.link($0) }) { page in
            writeFilter(question, hosts, at: "/", &page)
            writeCoverage(&page)
            writeTotals(totals, question, &page)
            TimePlot.write(times, question, at: "/", &page)
            guard !groups.isEmpty else { return page.element("p", question.isFiltered ? "Nothing here is like that." : "Nothing is kept yet.") }
            let graph = DenialGraph(Array(groups.prefix(Self.groupLimit)))
            page.element("h2", "Who was denied what")
            graph.write(question, &page)
            if graph.omitted > 0 { page.raw("<p class=\"small\">\(HTMLText.grouped(graph.omitted)) more decisions are in the table only.</p>\n") }
            writeGroups(Array(groups.prefix(Self.groupLimit)), question, &page)
            writeSteps(question, at: "/", hasMore: groups.count > Self.groupLimit, &page)
            page.element("h2", "Newest")
            writeRecords(newest, question, &page)
            page.raw("<p>")
            page.link(question.link("/decisions"), "all decisions, one by one")
            page.raw("</p>\n")
        }
    }

    /// The last decisions of the hosts that had any last: of each they are in order, between them dates say it.
    private func newest(_ filter: DenialFilter, _ hosts: [HostSummary]) throws(StoreError) -> [KeyedDenial] {
        let names = filter.host.map { [$0] } ?? hosts.sorted { ($0.last ?? .min) > ($1.last ?? .min) }.prefix(Self.newestHosts).map(\.name)
        var found: [KeyedDenial] = []
        for name in names {
            var filter = filter
            filter.host = name
            found += try store.records(filter, from: nil, newestFirst: true, limit: Self.newestLimit).records
        }
        func time(of denial: KeyedDenial) -> Int64 {
            guard case LogTime.date(let date) = denial.time else { return .min }
            return date
        }
        // Stable: what has no date keeps its place.
        let sorted = found.enumerated().sorted { (time(of: $0.element), $1.offset) > (time(of: $1.element), $0.offset) }
        return sorted.prefix(Self.newestLimit).map(\.element)
    }

    // MARK: Parts

    /// What is looked at, as a form that anybody's browser can send.
    func writeFilter(_ question: PageQuestion, _ hosts: [HostSummary], at path: String, _ page: inout HTMLText) {
        func field(_ name: String, _ label: String, _ value: [UInt8]?, kind: String = "", list: String? = nil) {
            page.raw("<label>\(label)<input name=\"\(name)\"\(kind)\(list.map { " list=\"\($0)\"" } ?? "") value=\"")
            page.text(value ?? [])
            page.raw("\"></label>")
        }
        let filter = question.filter
        page.raw("<form class=\"filter\" method=\"get\" action=\"\(path)\">")
        field("source", "who (type)", filter.sourceType?.bytes)
        field("target", "to whom (type)", filter.targetType?.bytes)
        field("class", "class", filter.objectClass?.bytes)
        field("permission", "permission", filter.permission?.bytes)
        field("domain", "domain", filter.domain.map { Array(String($0.rawValue).utf8) }, kind: " class=\"short\" inputmode=\"numeric\"")
        field("host", "host", filter.host, list: "hosts")
        let dates = filter.dates
        field("from", "from (UTC)", dates.flatMap { $0.lowerBound == .min ? nil : Array(PageTime.field($0.lowerBound).utf8) }, kind: " type=\"datetime-local\" step=\"1\" class=\"time\"")
        field("to", "to (UTC)", dates.flatMap { $0.upperBound == .max ? nil : Array(PageTime.field($0.upperBound, isEnd: true).utf8) }, kind: " type=\"datetime-local\" step=\"1\" class=\"time\"")
        page.raw("<label>verdict<select name=\"verdict\">")
        for (value, name) in [("", "all"), ("denied", "denied"), ("granted", "granted")] {
            page.raw("<option value=\"\(value)\"\((filter.verdict?.rawValue ?? "") == value ? " selected" : "")>\(name)</option>")
        }
        page.raw("</select></label>")
        for hidden in question.fields where ["boot", "scontext", "tcontext", "live"].contains(where: { hidden.name.elementsEqual($0.utf8) }) { page.hiddenField(hidden) }
        page.raw("<button>Show</button>")
        page.link(question.link(path) { $0.isLive.toggle() }, question.isLive ? "stop updating" : "update every \(context.refreshSeconds) s")
        if question.isFiltered { page.link(path, "show all") }
        page.raw("<datalist id=\"hosts\">")
        for host in hosts.prefix(200) {
            page.raw("<option value=\"")
            page.text(host.name)
            page.raw("\">")
        }
        page.raw("</datalist></form>\n")
        for mistake in question.mistakes { page.raw("<p class=\"warn\">\(mistake)</p>\n") }
    }

    func writeTotals(_ totals: DenialTotals, _ question: PageQuestion, _ page: inout HTMLText) {
        page.raw("<h1>")
        page.text("\(HTMLText.grouped(totals.records)) decision\(totals.records == 1 ? "" : "s")")
        page.raw("</h1>\n<p class=\"soft\">")
        var parts = ["\(totals.boots) start\(totals.boots == 1 ? "" : "s") of \(totals.hosts) host\(totals.hosts == 1 ? "" : "s")"]
        if let first = totals.first, let last = totals.last { parts.append("\(PageTime.words(first)) to \(PageTime.words(last)) UTC") }
        if totals.undated > 0 { parts.append("\(HTMLText.grouped(totals.undated)) without a date") }
        page.text(parts.joined(separator: "; "))
        page.raw("</p>\n")
        if question.filter.domain != nil {
            page.raw("<p class=\"small\">Times of a domain are those of the newest 131,072 decisions in a file")
            page.raw(question.filter.dates == nil ? ".</p>\n" : ", and so are counts.</p>\n")
        } else if question.isWithinHours { page.raw("<p class=\"small\">Counted by whole hours; single decisions are those of the time that is asked for.</p>\n") }
    }

    private func writeGroups(_ groups: [AuditStore.DenialGroup], _ question: PageQuestion, _ page: inout HTMLText) {
        page.raw("<div class=\"wide\"><table><thead><tr><th class=\"n\">Count</th><th>Who</th><th>To whom</th><th>What</th><th>First</th><th>Last</th><th></th></tr></thead><tbody>\n")
        for group in groups {
            // A type without a name cannot be asked for.
            let isNamed = !group.source.isEmpty && !group.target.isEmpty && !group.objectClass.bytes.isEmpty
            let address = question.link("/group") { question in
                question.filter.sourceType = Name(bytes: group.source)
                question.filter.targetType = Name(bytes: group.target)
                question.filter.objectClass = group.objectClass
                question.filter.verdict = group.verdict
            }
            page.raw("<tr>")
            page.number(group.count)
            page.raw("<td>")
            page.code(group.source)
            page.raw("</td><td>")
            page.code(group.target)
            page.raw("</td><td>")
            page.code(group.objectClass.bytes + Array(" { \(group.permissions.map(\.description).joined(separator: " ")) }".utf8))
            if group.verdict == .granted { page.raw(" <span class=\"small\">granted</span>") }
            page.raw("</td><td class=\"time small\">")
            page.text(group.first.map(PageTime.words) ?? "")
            page.raw("</td><td class=\"time small\">")
            page.text(group.last.map(PageTime.words) ?? "")
            page.raw("</td><td>")
            if isNamed { page.link(address, "why") }
            page.raw("</td></tr>\n")
        }
        page.raw("</tbody></table></div>\n")
    }

    /// To the page before and the one behind.
    func writeSteps(_ question: PageQuestion, at path: String, hasMore: Bool, _ page: inout HTMLText) {
        guard hasMore || question.offset > 0 else { return }
        page.raw("<p class=\"pages\">")
        if question.offset > 0 { page.link(question.link(path) { $0.offset = max(0, question.offset - Self.groupLimit) }, "more frequent") }
        if hasMore { page.link(question.link(path) { $0.offset = question.offset + Self.groupLimit }, "less frequent") }
        page.raw("</p>\n")
    }
}
