import AuditLog
import Flask
import LogFiles
import Reports

extension LogReport {
    /// One page that needs nothing else: tables, and plots as SVG. What a log says is text in it, and nothing in it runs.
    var html: [UInt8] {
        var page = HTMLText()
        page.raw(
            """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Denials</title><style>\(Self.style)</style></head><body>

            """)
        page.element("h1", "What Flask denied")
        writeSummary(&page)
        writePlot(&page)
        writeGroups(&page)
        writeRest(&page)
        page.raw("</body></html>\n")
        return page.bytes
    }

    private static let style = """
        :root{--ink:#1a1c20;--soft:#666b75;--line:#d9dce3;--bar:#b3402e;--paper:#fff}
        @media(prefers-color-scheme:dark){:root{--ink:#e7e9ee;--soft:#9aa1ad;--line:#3a3f4a;--bar:#e0705c;--paper:#16181d}}
        body{font:15px/1.45 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:2rem auto;max-width:72rem;padding:0 1rem}
        h1{font-size:1.5rem;margin:0 0 .5rem}h2{font-size:1.1rem;margin:2rem 0 .5rem}p{margin:.3rem 0;color:var(--soft)}
        table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid var(--line)}
        th{font-weight:600;color:var(--soft);font-size:.85rem}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
        code{font:13px/1.4 ui-monospace,monospace;overflow-wrap:anywhere}svg{display:block}svg rect{fill:var(--bar)}svg text{fill:var(--soft);font-size:11px}
        svg line{stroke:var(--line)}.small{color:var(--soft);font-size:.85rem}tr{break-inside:avoid}
        @media print{:root{--ink:#000;--soft:#444;--line:#bbb;--bar:#8c2b1c;--paper:#fff}body{margin:0;max-width:none;font-size:11px}}

        """

    private func writeSummary(_ page: inout HTMLText) {
        let releases = Set(logs.compactMap(\.release)).sorted().map(\.description)
        var words = "\(denied) denied in \(groups.count { $0.verdict == .denied }) groups; \(sources)"
        if granted > 0 { words += "; \(granted) granted" }
        if !releases.isEmpty { words += "; Xen \(releases.joined(separator: ", "))" }
        page.element("p", words)
        if let ends { page.element("p", "From \(ends.first) to \(ends.last), UTC.") }
        for log in logs where !log.isStore {
            page.raw("<p class=\"small\"><code>")
            page.text(log.path)
            page.raw("</code> ")
            page.text("\(log.counts.decisions) decisions in \(log.counts.lines) lines" + (log.failure.map { "; " + $0.message } ?? ""))
            page.raw("</p>\n")
        }
    }

    /// All that was denied, over time.
    private func writePlot(_ page: inout HTMLText) {
        let (axis, counts): (TimeAxis?, [[UInt32]]) =
            tally.dates != nil ? (tally.dates, groups.map(\.dateCounts)) : (tally.starts, groups.map(\.startCounts))
        guard let axis else { return }
        var sums = [UInt64](repeating: 0, count: TimeAxis.count)
        for counts in counts { for (place, count) in counts.enumerated() { sums[place] += UInt64(count) } }
        guard let last = sums.lastIndex(where: { $0 > 0 }), let most = sums.max(), most > 0 else { return }
        let used = max(last + 1, 8)
        let (width, height) = (960.0, 120.0)
        let step = width / Double(used)
        page.raw("<h2>When</h2>\n<svg viewBox=\"0 0 \(Int(width)) 150\" width=\"100%\" role=\"img\" aria-label=\"denials over time\">\n")
        for (place, sum) in sums.prefix(used).enumerated() where sum > 0 {
            let bar = max(1, Double(sum) / Double(most) * height)
            page.raw("<rect x=\"\(HTMLText.length(Double(place) * step))\" y=\"\(HTMLText.length(height - bar + 4))\" width=\"\(HTMLText.length(max(1, step - 1.5)))\" height=\"\(HTMLText.length(bar))\"><title>")
            page.text("\(sum): \(words(axis, place))")
            page.raw("</title></rect>\n")
        }
        page.raw("<line x1=\"0\" y1=\"124.5\" x2=\"\(Int(width))\" y2=\"124.5\"/>")
        page.raw("<text x=\"0\" y=\"140\">")
        page.text(words(axis, 0))
        page.raw("</text><text x=\"\(Int(width))\" y=\"140\" text-anchor=\"end\">")
        page.text("\(words(axis, used)), up to \(most) in \(HTMLText.duration(axis.width))")
        page.raw("</text></svg>\n")
    }

    private func words(_ axis: TimeAxis, _ place: Int) -> String {
        let time = axis.start &+ axis.width &* Int64(place)
        return (tally.dates != nil ? LogTime.date(time) : .sinceStart(UInt64(max(0, time)))).text ?? ""
    }

    private func writeGroups(_ page: inout HTMLText) {
        page.raw("<h2>Who was denied what</h2>\n<table><thead><tr><th class=\"n\">Count</th><th>Who</th><th>To whom</th><th>What</th><th>Domains</th><th>First, last</th><th>When</th></tr></thead><tbody>\n")
        for group in groups.prefix(shown) {
            page.raw("<tr><td class=\"n\">\(group.count)</td><td><code>")
            page.text(group.source.bytes)
            page.raw("</code></td><td><code>")
            page.text(group.target.bytes)
            page.raw("</code></td><td><code>")
            page.text(group.objectClass.bytes)
            page.text(" { \(group.permissions.map(\.name.description).joined(separator: " ")) }")
            page.raw("</code>")
            if group.verdict == .granted { page.raw(" <span class=\"small\">granted</span>") }
            page.raw("</td><td>")
            page.text(domains(group, limit: 8))
            page.raw("</td><td class=\"small\">")
            page.text(words(group.first))
            if group.count > 1 {
                page.raw("<br>")
                page.text(words(group.last))
            }
            page.raw("</td><td>")
            writeTrend(tally.dates != nil ? group.dateCounts : group.startCounts, &page)
            page.raw("</td></tr>\n")
        }
        page.raw("</tbody></table>\n")
        if shown < groups.count { page.element("p", "… and \(groups.count - shown) more groups.") }
    }

    private func writeTrend(_ counts: [UInt32], _ page: inout HTMLText) {
        let sums = Trend.sums(counts, 24)
        guard let most = sums.max(), most > 0 else { return }
        page.raw("<svg width=\"96\" height=\"20\" aria-hidden=\"true\">")
        for (place, sum) in sums.enumerated() where sum > 0 {
            let height = max(1, 20 * sum / most)
            page.raw("<rect x=\"\(place * 4)\" y=\"\(20 - height)\" width=\"3\" height=\"\(height)\"/>")
        }
        page.raw("</svg>")
    }

    private func writeRest(_ page: inout HTMLText) {
        let kinds = FlaskNoticeOrder.filter { tally.noticeCounts[$0] != nil }
        if !kinds.isEmpty {
            page.element("h2", "Flask’s other words")
            for kind in kinds {
                page.element("p", "\(tally.noticeCounts[kind] ?? 0): \(Self.words(kind))")
                for notice in tally.notices where notice.kind == kind { page.element("div", notice.text, isCode: true) }
            }
        }
        guard !unread.isEmpty else { return }
        page.element("h2", "Lines that speak of decisions and were not counted")
        for (reason, count) in unread {
            page.element("p", "\(count): \(Self.words(reason))")
            for line in tally.unreadLines where line.reason == reason { page.element("div", line.text, isCode: true) }
        }
    }
}
