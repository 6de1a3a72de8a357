import AuditLog

/// Says of each decision of a log whether it is stored already, and where it is to be when it is not.
final class RunPlacer {
    let database: Database
    let writer: RecordWriter
    let stored: StoredRecords
    let kinds: KindCache
    /// The boots and stretches of the host that is at hand.
    var catalogue: Catalogue
    /// What this log added: no part of a log is another part of it. By stretch.
    var own: [Int64: [Range<Int64>]] = [:]
    /// Boots whose start this log has had.
    var started: Set<Int64> = []
    /// Stretches that may follow on what is being read, by the fingerprints of their first records.
    var openStarts: [UInt64: [Int64]] = [:]
    /// How often all may still be searched: a log that fits nowhere again and again is not looked for each time.
    var searchesLeft = 64
    var now: Int64 = 0
    var known: UInt64 = 0
    var added: UInt64 = 0

    /// Records without a time are taken for the same, where that is not sure otherwise, when this many follow each other.
    static let sureCount = 8
    /// How much of a log is looked at before it is placed.
    static let patience = 4_096
    static let patternLimit = 1 << 16

    init(_ writer: RecordWriter, _ kinds: KindCache, _ catalogue: Catalogue) {
        database = writer.database
        self.writer = writer
        self.kinds = kinds
        self.catalogue = catalogue
        stored = StoredRecords(writer.database)
    }

    /// Looks at what may follow on a log.
    func findOpenStarts() throws(StoreError) {
        openStarts = [:]
        for head in catalogue.heads(in: nil) where !head.isStart && head.end > head.first && own[head.id] == nil {
            var print: UInt64?
            try stored.forEach(in: head.first..<head.first + 1) { (_, found) throws(StoreError) in
                print = found
                return false
            }
            if let print { openStarts[print, default: []].append(head.id) }
        }
    }

    /// Places what a run has, as far as that can be said.
    ///
    /// - Parameter isForced: it must be said now.
    func place(_ run: inout Run, isForced: Bool) throws(StoreError) {
        confirm(&run)
        var place = 0
        let isLast = run.hasEnded || isForced
        steps: while place < run.rows.count {
            switch run.state {
            case .beginning:
                guard isLast || run.rows.count - place >= Self.patience else { break steps }
                try begin(&run, &place)
            case .matching(let record, let stretch):
                guard try match(&run, &place, record, stretch, isLast) else { break steps }
            case .appending(let stretch, _):
                guard try append(&run, &place, stretch, isLast) else { break steps }
            }
        }
        run.rows.removeFirst(place)
        // A boot without decisions is one too.
        if run.hasEnded, run.boot == nil, run.banner != nil || run.identity != nil || !run.notices.isEmpty { run.boot = try bootWithoutRecords(run) }
    }

    /// Another process may have changed what stood here.
    private func confirm(_ run: inout Run) {
        switch run.state {
        case .beginning: break
        case .matching(let record, let id):
            guard let stretch = catalogue.stretches[id], stretch.first <= record, record <= stretch.end else { return run.state = .beginning }
        case .appending(let id, let end):
            guard let stretch = catalogue.stretches[id], stretch.end == end, stretch.next == nil else { return run.state = .beginning }
        }
        if let boot = run.boot, catalogue.boot(boot) == nil {
            run.boot = nil
            run.state = .beginning
        }
    }

    // MARK: What is known already

    /// Compares with what is stored as long as it is the same. False when more of the log is needed.
    private func match(_ run: inout Run, _ place: inout Int, _ record: Int64, _ id: Int64, _ isLast: Bool) throws(StoreError) -> Bool {
        guard var stretch = catalogue.stretches[id] else {
            run.state = .beginning
            return true
        }
        var record = record
        while place < run.rows.count {
            if record >= stretch.end {
                guard let next = stretch.next.flatMap({ catalogue.stretches[$0] }) else {
                    run.state = .appending(stretch.id, end: stretch.end)
                    return true
                }
                stretch = next
                record = next.first
                continue
            }
            if try stored.fingerprint(of: record) == run.rows[place].print {
                place += 1
                record += 1
                known += 1
                continue
            }
            run.state = .matching(record, in: stretch.id)
            guard isLast || run.rows.count - place >= Self.detour * 2 else { return false }
            try goAround(&run, &place, record, stretch)
            return true
        }
        run.state = .matching(record, in: stretch.id)
        return true
    }

    /// How many records of one side the other may lack.
    private static let detour = 64

    /// One of two readings of the same log lacks something, or has a line that was garbled in the other: goes on where both agree again.
    private func goAround(_ run: inout Run, _ place: inout Int, _ record: Int64, _ stretch: Catalogue.Stretch) throws(StoreError) {
        for distance in 1...Self.detour {
            let (other, later) = (record + Int64(distance), place + distance)
            // A line of one is another in the other.
            if later < run.rows.count, other < stretch.end, try agree(run.rows, later, other, stretch) {
                try putAside(&run, place..<later, stretch.boot)
                place = later
                run.state = .matching(other, in: stretch.id)
                return
            }
            if other < stretch.end, try agree(run.rows, place, other, stretch) {
                run.state = .matching(other, in: stretch.id)
                return
            }
            if later < run.rows.count, try agree(run.rows, later, record, stretch) {
                try putAside(&run, place..<later, stretch.boot)
                place = later
                run.state = .matching(record, in: stretch.id)
                return
            }
        }
        run.state = .beginning
        if run.boot == nil { run.boot = stretch.boot }
    }

    private func agree(_ rows: [RecordRow], _ place: Int, _ record: Int64, _ stretch: Catalogue.Stretch) throws(StoreError) -> Bool {
        var count = 0
        var isTimed = false
        while count < Self.sureCount, place + count < rows.count, record + Int64(count) < stretch.end {
            guard try stored.fingerprint(of: record + Int64(count)) == rows[place + count].print else { return false }
            isTimed = isTimed || rows[place + count].clock != .none
            count += 1
        }
        return count == Self.sureCount || count > 0 && isTimed
    }

    /// Stores records that have their place between others, where none is left.
    private func putAside(_ run: inout Run, _ range: Range<Int>, _ boot: Int64) throws(StoreError) {
        // Another capture of the same log may have had them.
        for start in openStarts[run.rows[range.lowerBound].print] ?? [] {
            guard let stretch = catalogue.stretches[start], stretch.boot == boot, stretch.end - stretch.first == range.count else { continue }
            var isSame = true
            for (offset, place) in range.enumerated() where isSame {
                isSame = try stored.fingerprint(of: stretch.first + Int64(offset)) == run.rows[place].print
            }
            if isSame {
                known += UInt64(range.count)
                return
            }
        }
        let stretch = try catalogue.addStretch(in: boot, isStart: false, database)
        try write(run.rows, range, behind: stretch)
    }

    // MARK: What is new

    /// Stores what is new until it comes to what is known. False when more of the log is needed.
    private func append(_ run: inout Run, _ place: inout Int, _ id: Int64, _ isLast: Bool) throws(StoreError) -> Bool {
        guard let stretch = catalogue.stretches[id] else {
            run.state = .beginning
            return true
        }
        var end = place
        var follower: Int64?
        var isShort = false
        if openStarts.isEmpty {
            end = run.rows.count
        } else {
            find: while end < run.rows.count {
                for start in openStarts[run.rows[end].print] ?? [] {
                    switch try isFollowed(run.rows, end, by: start, after: stretch, isLast) {
                    case .some(true):
                        follower = start
                        break find
                    case .some(false): break
                    case nil:
                        isShort = true
                        break find
                    }
                }
                end += 1
            }
        }
        let last = try write(run.rows, place..<end, behind: stretch)
        place = end
        run.state = .appending(last.id, end: last.end)
        if let follower, let next = catalogue.stretches[follower] {
            try catalogue.link(last.id, to: follower, in: database)
            for (print, starts) in openStarts where starts.contains(follower) { openStarts[print] = starts.filter { $0 != follower } }
            run.state = .matching(next.first, in: follower)
        }
        return !isShort
    }

    /// Whether a log goes on with a stretch; nil when more of it is needed.
    func isFollowed(
        _ rows: [RecordRow], _ place: Int, by start: Int64, after stretch: Catalogue.Stretch?, _ isLast: Bool
    ) throws(StoreError) -> Bool? {
        guard let head = catalogue.stretches[start], own[start] == nil else { return false }
        let chain = catalogue.chain(from: head)
        if let stretch {
            // Nothing follows on itself; and two boots that are known to be two are no one.
            guard !chain.contains(where: { $0.id == stretch.id }) else { return false }
            if head.boot != stretch.boot, catalogue.boot(head.boot)?.isCertain ?? true, catalogue.boot(stretch.boot)?.isCertain ?? true { return false }
        }
        var (count, isTimed) = (0, false)
        for part in chain {
            for record in part.first..<part.end {
                guard place + count < rows.count else {
                    if !isLast, count < Self.detour { return nil }
                    return isTimed || count >= Self.sureCount
                }
                guard try stored.fingerprint(of: record) == rows[place + count].print else { return false }
                isTimed = isTimed || rows[place + count].clock != .none
                count += 1
                if count >= Self.patience { return true }
            }
        }
        return isTimed || count >= Self.sureCount
    }

    /// Stores records behind a stretch's last; the stretch in which the last of them is.
    @discardableResult
    private func write(_ rows: [RecordRow], _ range: Range<Int>, behind stretch: Catalogue.Stretch) throws(StoreError) -> Catalogue.Stretch {
        var stretch = stretch
        var rest = range
        while !rest.isEmpty {
            let count = Int(min(Int64(rest.count), catalogue.room(behind: stretch)))
            let (start, first) = (stretch.end, rest.lowerBound)
            for offset in 0..<count {
                let row = rows[first + offset]
                try writer.write(row, kind: kinds.identifiers[Int(row.kind)], at: start + Int64(offset))
            }
            if count > 0 {
                stretch.end = start + Int64(count)
                try catalogue.setEnd(stretch.end, of: stretch.id, in: database)
                own[stretch.id, default: []].append(start..<stretch.end)
                added += UInt64(count)
            }
            rest = first + count..<rest.upperBound
            guard !rest.isEmpty else { break }
            let next = try catalogue.addStretch(in: stretch.boot, isStart: false, database)
            try catalogue.link(stretch.id, to: next.id, in: database)
            stretch = next
        }
        stored.forget()
        return stretch
    }
}
