public import Flask

/// Reads a log of the hypervisor's console piece by piece, in whatever it was kept: `xl dmesg`, a serial capture, files of syslog, exports of the journal.
///
/// Total over any bytes, in memory that does not grow with the log: a line has a limit, and so has what waits to be completed. What tells of decisions and
/// cannot be read is handed over as such.
public struct LogReader: Sendable {
    /// A line beyond this many bytes is none.
    public static let lineLimit = 1 << 16

    public private(set) var counts = LogCounts()
    /// Hosts that the transport named; ``DenialFields/host`` is a place here.
    public internal(set) var hosts: [[UInt8]] = []
    /// How many of them the sink knows.
    private var metHosts = 0
    /// Boots that the transport named, as the journal does; ``DenialFields/bootIdentity`` is a place here.
    public internal(set) var bootIdentities: [[UInt8]] = []
    /// How many times a hypervisor started in it, behind the first of its lines.
    public internal(set) var boot = 0
    /// The release that the last hypervisor said to be.
    public internal(set) var release: XenRelease?

    private(set) var options: LogReaderOptions
    /// What a piece ended with.
    private var rest: [UInt8] = []
    private var isTooLong = false
    /// A decision whose line ended too early.
    var pending: Pending?
    /// Whether there was anything of a hypervisor's in it, and whether there was before the line that is read.
    var hasSpoken = false
    var hasSpokenBefore = false
    /// An entry of the journal whose fields are being read.
    var entry: JournalEntry?
    /// What the transport says of the line that is read.
    var carried = Carried()

    /// What stands before the hypervisor's own words.
    struct Carried: Sendable {
        var time = LogTime.unknown
        var host: Int32 = -1
        var bootIdentity: Int32 = -1
    }

    struct Pending: Sendable {
        var bytes: [UInt8]
        var time: LogTime
        var host: Int32
        var bootIdentity: Int32
        var line: UInt64
        /// How many lines were looked at since.
        var age = 0
    }

    public init(_ options: LogReaderOptions = LogReaderOptions()) {
        self.options = options
    }

    /// Time has gone on while a log is followed: what comes from now on may be as late as this (``LogReaderOptions/latest``).
    public mutating func setLatest(_ latest: Int64) { options.latest = latest }

    /// Reads the next piece of the log.
    public mutating func read(_ bytes: Span<UInt8>, into sink: inout some LogSink) {
        counts.bytes += UInt64(bytes.count)
        var start = readBinary(bytes, from: 0)
        if !rest.isEmpty || isTooLong {
            guard let end = bytes.firstIndex(of: UInt8(ascii: "\n"), from: 0) else { return keep(bytes, from: 0) }
            keep(bytes.extracting(0..<end), from: 0)
            takeRest(&sink)
            start = end + 1
        }
        while true {
            if entry != nil { start += readBinary(bytes, from: start) }
            guard let end = bytes.firstIndex(of: UInt8(ascii: "\n"), from: start) else { break }
            readLine(bytes.extracting(start..<end), &sink)
            start = end + 1
        }
        keep(bytes, from: start)
    }

    /// The log has ended: what was begun is no more completed.
    public mutating func finish(into sink: inout some LogSink) {
        if !rest.isEmpty || isTooLong { takeRest(&sink) }
        endEntry(&sink)
        giveUp(&sink)
    }

    /// Keeps the beginning of a line for the next piece.
    private mutating func keep(_ bytes: Span<UInt8>, from start: Int) {
        let room = Self.lineLimit - rest.count
        let count = bytes.count - start
        if count > room { isTooLong = true }
        for index in start..<start + min(count, room) { rest.append(bytes[index]) }
    }

    private mutating func takeRest(_ sink: inout some LogSink) {
        var line: [UInt8] = []
        swap(&line, &rest)
        if isTooLong {
            isTooLong = false
            counts.lines += 1
            if line.span.firstIndex(of: "avc:", from: 0) != nil { refuse(line.span, .tooLong, &sink) }
        } else {
            readLine(line.span, &sink)
        }
        line.removeAll(keepingCapacity: true)
        swap(&line, &rest)
    }

    /// Reads one line, without its end.
    private mutating func readLine(_ line: Span<UInt8>, _ sink: inout some LogSink) {
        counts.lines += 1
        // Most lines of a log that somebody looks at are whole decisions as Xen prints them.
        if pending == nil, entry == nil, line.has("(XEN) ", at: 0) {
            var fields = DenialFields()
            let body = bodyStart(line, 6, &fields.time)
            if line.has("avc:", at: body), DenialScanner.scan(line, from: body, &fields) == .denial, !fields.hasUnknownWords, line.count < 900, !line.hasControls {
                hasSpoken = true
                return emit(&fields, line, &sink)
            }
        }
        guard line.count <= Self.lineLimit else {
            if line.firstIndex(of: "avc:", from: 0) != nil { refuse(line, .tooLong, &sink) }
            return
        }
        readOther(line, &sink)
    }

    /// Where the hypervisor's words begin behind `(XEN) ` and its time.
    func bodyStart(_ line: Span<UInt8>, _ start: Int, _ time: inout LogTime) -> Int {
        guard start < line.count, line[start] == UInt8(ascii: "["), let end = line.firstIndex(of: UInt8(ascii: "]"), from: start), end - start < 40,
            let stamp = TimeStamp.hypervisor(line, start + 1..<end)
        else { return start }
        time = stamp
        return end + 1 < line.count && line[end + 1] == UInt8(ascii: " ") ? end + 2 : end + 1
    }

    /// Hands over a decision.
    mutating func emit(_ fields: inout DenialFields, _ line: Span<UInt8>, _ sink: inout some LogSink) {
        fields.boot = boot
        if fields.line == 0 { fields.line = counts.lines }
        introduceHosts(to: &sink)
        counts.decisions += 1
        if fields.isGranted { counts.granted += 1 }
        if fields.isJoined { counts.joined += 1 }
        sink.take(fields, in: line)
    }

    /// What is taken next may be of a host that nobody has heard of.
    private mutating func introduceHosts(to sink: inout some LogSink) {
        while metHosts < hosts.count {
            sink.meet(host: hosts[metHosts], number: metHosts)
            metHosts += 1
        }
    }

    mutating func tell(_ kind: FlaskNotice.Kind, _ text: [UInt8], _ time: LogTime, _ sink: inout some LogSink) {
        introduceHosts(to: &sink)
        counts.notices += 1
        sink.take(FlaskNotice(kind, text, time: time, boot: boot, line: counts.lines, host: carried.host, bootIdentity: carried.bootIdentity))
    }

    /// Hands over a line that cannot be read.
    mutating func refuse(_ line: Span<UInt8>, _ reason: UnreadLine.Reason, at number: UInt64? = nil, _ sink: inout some LogSink) {
        counts.unread[reason, default: 0] += 1
        sink.take(UnreadLine(reason, line.bytes(0..<min(line.count, UnreadLine.keptBytes)), line: number ?? counts.lines))
    }
}
