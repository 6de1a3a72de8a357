import AuditLog
import AuditReports
import Flask
import Files
import Glibc
import Reports

extension LogReport {
    func write(_ text: inout AnswerText) {
        writeLogs(&text)
        writeGroups(&text)
        writeNotices(&text)
        writeUnread(&text)
    }

    private func writeLogs(_ text: inout AnswerText) {
        let releases = Set(logs.compactMap(\.release)).sorted().map(\.description)
        var line = "\(sources): \(denied) denied"
        if granted > 0 { line += ", \(granted) granted" }
        if joined > 0 { line += ", \(joined) put together from pieces" }
        if !releases.isEmpty { line += "; Xen \(releases.joined(separator: ", "))" }
        text.line(line)
        if let ends { text.line("from \(ends.first) to \(ends.last), UTC") }
        if tally.untold > 0 { text.line("\(tally.untold) of more kinds than are told apart (\(DenialTally.cellLimit)) are counted, and not shown") }
    }

    /// The first and the last date of all groups.
    var ends: (first: String, last: String)? {
        var times: [Int64] = []
        for group in groups { for sight in [group.first, group.last] { if case .date(let time) = sight.time { times.append(time) } } }
        guard let first = times.min(), let last = times.max() else { return nil }
        return (LogTime.date(first).text ?? "", LogTime.date(last).text ?? "")
    }

    func writeGroups(_ text: inout AnswerText) {
        guard shown > 0 else { return }
        text.endLine()
        let hasDates = tally.dates != nil
        let hasTimes = hasDates || tally.starts != nil
        let showsVerdict = groups.contains { $0.verdict == .granted }
        var table = TextTable()
        table.add("COUNT", isRight: true)
        if showsVerdict { table.add("VERDICT") }
        table.add("WHO")
        table.add("TO WHOM")
        table.add("CLASS")
        table.add("PERMISSIONS", isFlexible: true)
        table.add("DOMAINS", isFlexible: true)
        table.add("FIRST")
        table.add("LAST")
        if hasTimes { table.add("WHEN") }
        for group in groups.prefix(shown) {
            var row = ["\(group.count)"]
            if showsVerdict { row.append(group.verdict.rawValue) }
            row += [group.source.description, group.target.description, group.objectClass.description]
            row.append(group.permissions.isEmpty ? "none" : group.permissions.map { permission in
                permission.count == group.count ? permission.name.description : "\(permission.name) (\(permission.count))"
            }.joined(separator: " "))
            row.append(domains(group, limit: 4))
            row += [words(group.first), group.count == 1 ? "" : words(group.last)]
            if hasTimes { row.append(Trend.line(hasDates ? group.dateCounts : group.startCounts, width: 12)) }
            table.rows.append(row)
        }
        for (index, lines) in table.lines(width: TextTable.terminalWidth).enumerated() {
            for line in lines { text.line(line) }
            guard isFull, index > 0 else { continue }
            for cell in groups[index - 1].cells { write(cell, &text) }
        }
        if shown < groups.count { text.line("… and \(groups.count - shown) more groups: `--limit 0` shows all") }
    }

    private func write(_ cell: DenialCell, _ text: inout AnswerText) {
        text.append("        \(cell.count)  ")
        text.append(Self.bytes(cell.record.source))
        text.append("  ")
        text.append(Self.bytes(cell.record.target))
        text.append("  { \(cell.record.permissions.map(\.description).joined(separator: " ")) }")
        if !cell.objects.isEmpty { text.append("  " + cell.objects.map(\.words).joined(separator: ", ") + (cell.hasMoreObjects ? ", …" : "")) }
        text.endLine()
    }

    func domains(_ group: DenialGroup, limit: Int) -> String {
        var parts = group.domains.prefix(limit).map { words($0.pair) }
        if group.domains.count > limit || group.otherDomains > 0 { parts.append("…") }
        return parts.joined(separator: ", ")
    }

    private func writeNotices(_ text: inout AnswerText) {
        let kinds = FlaskNoticeOrder.filter { tally.noticeCounts[$0] != nil }
        guard !kinds.isEmpty else { return }
        text.endLine()
        text.line("Flask's other words:")
        for kind in kinds {
            text.line("  \(tally.noticeCounts[kind] ?? 0)  \(Self.words(kind))")
            // What somebody should do something about is told in full.
            guard kind != .policy, kind != .start else { continue }
            var told: Set<[UInt8]> = []
            for notice in tally.notices where notice.kind == kind && told.insert(notice.text).inserted {
                text.append("       ")
                text.append(notice.text)
                text.endLine()
            }
        }
    }

    private func writeUnread(_ text: inout AnswerText) {
        guard !unread.isEmpty else { return }
        text.endLine()
        text.line("Lines that speak of decisions and were not counted:")
        for (reason, count) in unread {
            text.line("  \(count)  \(Self.words(reason))")
            for line in tally.unreadLines where line.reason == reason {
                text.append("       line \(line.line): ")
                text.append(Array(line.text.prefix(160)))
                text.endLine()
            }
        }
    }
}

/// What matters most comes first.
let FlaskNoticeOrder: [FlaskNotice.Kind] = [.panic, .refusal, .unknownOperation, .bounds, .validation, .mode, .policy, .message, .start]
