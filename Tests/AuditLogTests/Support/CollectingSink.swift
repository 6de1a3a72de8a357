import AuditLog

/// Keeps all that a reader finds.
struct CollectingSink: LogSink {
    var records: [DenialRecord] = []
    var joined: [Bool] = []
    var notices: [FlaskNotice] = []
    var unread: [UnreadLine] = []

    mutating func take(_ denial: borrowing DenialFields, in line: Span<UInt8>) {
        records.append(denial.record(in: line))
        joined.append(denial.isJoined)
    }
    mutating func take(_ notice: FlaskNotice) { notices.append(notice) }
    mutating func take(_ line: UnreadLine) { unread.append(line) }

    /// Reads a log in pieces that end at some places.
    static func read(
        _ bytes: [UInt8], cuts: [Int] = [], options: LogReaderOptions = LogReaderOptions()
    ) -> (found: CollectingSink, reader: LogReader) {
        var (reader, sink) = (LogReader(options), CollectingSink())
        var start = 0
        for end in cuts.sorted() + [bytes.count] {
            reader.read(bytes.span.extracting(start..<end), into: &sink)
            start = end
        }
        reader.finish(into: &sink)
        return (sink, reader)
    }

    static func read(_ text: String, options: LogReaderOptions = LogReaderOptions()) -> (found: CollectingSink, reader: LogReader) {
        read(Array(text.utf8), options: options)
    }
}
