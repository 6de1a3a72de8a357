import AuditLog

/// Sorts what a reader finds by hosts and boots.
struct IngestSink: LogSink {
    let kinds: KindCache
    private(set) var runs: [Run] = []
    /// The run of each host that is open.
    private var places: [Int32: Int] = [:]
    private var last = -1
    /// How many decisions wait.
    private(set) var count = 0
    private(set) var noticeCount = 0
    /// The log ended within a line: what that seemed to say is not taken.
    var isUnfinished = false
    private(set) var unfinished: UInt64 = 0

    init(_ kinds: KindCache) { self.kinds = kinds }

    @inline(__always)
    mutating func take(_ denial: borrowing DenialFields, in line: Span<UInt8>) {
        if isUnfinished {
            unfinished += 1
            return
        }
        let place = place(denial.host, denial.bootIdentity)
        if denial.line == 1 { runs[place].mayBeCut = true }
        let (clock, time) = StoredClock.parts(of: denial.time)
        runs[place].rows.append(
            RecordRow(
                kind: kinds.place(of: denial, in: line), source: Self.domain(denial.sourceDomain), target: Self.domain(denial.targetDomain),
                current: Self.domain(denial.currentDomain), clock: clock, time: time, object: denial.object.isPresent ? Self.text(denial, line) : nil))
        count += 1
    }

    mutating func take(_ notice: FlaskNotice) {
        if notice.kind == .start, notice.bootIdentity < 0 {
            if let open = places[notice.host] { runs[open].hasEnded = true }
            append(Run(host: notice.host, banner: notice.text))
        }
        let place = place(notice.host, notice.bootIdentity)
        if notice.kind == .start, runs[place].banner == nil, runs[place].rows.isEmpty { runs[place].banner = notice.text }
        runs[place].notices.append(notice)
        noticeCount += 1
    }

    mutating func take(_ line: UnreadLine) {}

    private static func domain(_ number: Int32) -> Int32 { (0...0xffff).contains(number) ? number : -1 }

    private static func text(_ denial: borrowing DenialFields, _ line: Span<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        for index in denial.object.range.clamped(to: 0..<line.count) { text.append(line[index]) }
        return text
    }

    /// The run to which something belongs.
    @inline(__always)
    private mutating func place(_ host: Int32, _ identity: Int32) -> Int {
        if last >= 0, runs[last].host == host, runs[last].identityNumber == identity { return last }
        return findPlace(host, identity)
    }

    private mutating func findPlace(_ host: Int32, _ identity: Int32) -> Int {
        if let open = places[host] {
            if runs[open].identityNumber == identity {
                last = open
                return open
            }
            runs[open].hasEnded = true
        }
        append(Run(host: host, identityNumber: identity))
        return last
    }

    private mutating func append(_ run: Run) {
        runs.append(run)
        last = runs.count - 1
        places[run.host] = last
    }

    /// Gives all runs away, which are to be taken back.
    mutating func giveRuns() -> [Run] {
        var given: [Run] = []
        swap(&given, &runs)
        return given
    }

    /// Takes back what of the runs is to go on.
    mutating func takeBack(_ given: consuming [Run]) {
        given.removeAll { $0.hasEnded && $0.rows.isEmpty }
        runs = given
        places = [:]
        count = 0
        noticeCount = 0
        for (index, run) in runs.enumerated() {
            if !run.hasEnded { places[run.host] = index }
            count += run.rows.count
            noticeCount += run.notices.count
        }
        last = -1
    }
}
