import AuditLog
import CLinux
import LogFiles

/// One of the logs that are watched.
final class WatchedLog {
    let path: String
    private(set) var watch: AlertWatch
    private var file: FollowedLog
    private var reader: LogReader
    private let options: LogReaderOptions
    private var restarts = 0
    /// Whether what has been read so far is only to be known.
    private var learns: Bool

    init(_ path: String, _ watch: AlertWatch, _ options: LogReaderOptions, learns: Bool) throws(LogFileFailure) {
        self.path = path
        file = try FollowedLog(path)
        self.options = options
        self.learns = learns && path != "-"
        self.watch = watch
        reader = LogReader(options)
        self.watch.isLearning = self.learns
    }

    /// The end of a pipe is the end; a file's is not.
    var isPipe: Bool { path == "-" }

    func takeAlerts() -> [Alert] { watch.takeAlerts() }

    /// Reads what came; whether there was anything.
    func proceed(_ view: inout WatchView) throws(LogFileFailure) -> Bool {
        let bytes = try file.next()
        watch.now = Int64(clamping: linux_nanoseconds() / 1_000)
        if file.restarts != restarts {
            // A line that was begun in the old file is over.
            restarts = file.restarts
            finish(&view)
            reader = LogReader(options)
        }
        guard !bytes.isEmpty else {
            learns = false
            watch.isLearning = false
            return false
        }
        reader.setLatest(Logs.latest)
        with(&view) { reader, sink in reader.read(bytes.span, into: &sink) }
        return true
    }

    func finish(_ view: inout WatchView) { with(&view) { reader, sink in reader.finish(into: &sink) } }

    /// What is read goes to the rules, and to the view unless it is only to be known.
    private func with(_ view: inout WatchView, _ body: (inout LogReader, inout Sink) -> Void) {
        var sink = Sink(watch: watch, tally: learns ? nil : view.tally)
        // Whoever holds a second reference would have all of it copied.
        watch = AlertWatch([])
        if !learns { view.tally = DenialTally() }
        body(&reader, &sink)
        watch = sink.watch
        if let tally = sink.tally { view.tally = tally }
    }

    private struct Sink: LogSink {
        var watch: AlertWatch
        var tally: DenialTally?

        mutating func meet(host: [UInt8], number: Int) { watch.meet(host: host, number: number) }
        mutating func take(_ denial: borrowing DenialFields, in line: Span<UInt8>) {
            watch.take(denial, in: line)
            tally?.take(denial, in: line)
        }
        mutating func take(_ notice: FlaskNotice) {
            watch.take(notice)
            tally?.take(notice)
        }
        mutating func take(_ line: UnreadLine) { tally?.take(line) }
    }
}
