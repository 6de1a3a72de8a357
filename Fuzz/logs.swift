import AuditLog
import Flask

/// Any bytes as a log, in two pieces: each line is one, what is found does not depend on the pieces, and what is counted is what was found.
func exercise(_ bytes: [UInt8]) {
    var (whole, parts) = (Finding(), Finding())
    var (one, two) = (LogReader(), LogReader())
    one.read(bytes.span, into: &whole)
    one.finish(into: &whole)
    let cut = bytes.count / 2
    two.read(bytes.span.extracting(0..<cut), into: &parts)
    two.read(bytes.span.extracting(cut..<bytes.count), into: &parts)
    two.finish(into: &parts)
    claim("pieces do not matter", one.counts == two.counts && whole.records == parts.records && whole.notices == parts.notices && whole.unread == parts.unread)
    claim("all is counted", one.counts.decisions == UInt64(whole.records.count) && one.counts.notices == UInt64(whole.notices.count))
    claim("what is unread is counted", one.counts.unread.values.reduce(0, +) == UInt64(whole.unread.count))
    claim("places are in the log", whole.records.allSatisfy { $0.line >= 1 && $0.line <= one.counts.lines })
    var tally = DenialTally()
    tally.beginLog()
    var reader = LogReader()
    reader.read(bytes.span, into: &tally)
    reader.finish(into: &tally)
    let groups = tally.groups()
    claim("groups hold all", groups.reduce(0) { $0 + $1.count } == reader.counts.decisions)
    for record in whole.records { _ = (record.time.text, record.time.timestamp) }
    _ = DomainNames(bytes)
}

private struct Finding: LogSink {
    var records: [DenialRecord] = []
    var notices: [FlaskNotice] = []
    var unread: [UnreadLine] = []

    mutating func take(_ denial: borrowing DenialFields, in line: Span<UInt8>) { records.append(denial.record(in: line)) }
    mutating func take(_ notice: FlaskNotice) { notices.append(notice) }
    mutating func take(_ line: UnreadLine) { unread.append(line) }
}
