import AuditLog

extension RunPlacer {
    /// Finds out where the beginning of what is left of a run stands, or where it is to stand.
    func begin(_ run: inout Run, _ place: inout Int) throws(StoreError) {
        let isNew = run.isFresh
        if isNew, let identity = run.identity { run.boot = catalogue.boots.first { $0.identity == identity }?.id }
        if isNew, run.identity == nil, run.banner != nil, let boot = try knownStart(run) {
            started.insert(boot)
            run.boot = boot
            if let start = start(of: boot) { return run.state = .matching(start.first, in: start.id) }
        }
        // A boot that nobody has heard of has nothing that is known.
        let isSearched = !isNew || run.boot != nil || run.banner == nil && run.identity == nil
        if isSearched, let found = try search(run, place) {
            place += found.count
            known += UInt64(found.count)
            run.boot = run.boot ?? found.stretch.boot
            return run.state = .matching(found.record, in: found.stretch.id)
        }
        let boot = try destination(run, place)
        run.boot = boot
        let isStart = isNew && run.banner != nil && start(of: boot) == nil
        if isNew, run.banner != nil { started.insert(boot) }
        let stretch = try catalogue.addStretch(in: boot, isStart: isStart, database)
        own[stretch.id] = []
        run.state = .appending(stretch.id, end: stretch.end)
    }

    private func start(of boot: Int64) -> Catalogue.Stretch? { catalogue.stretches.values.first { $0.boot == boot && $0.isStart } }

    /// The boot that begins as a run does, among those with the same banner: as far as both go they are the same. Each is one of this log
    /// at most once.
    private func knownStart(_ run: Run) throws(StoreError) -> Int64? {
        var best: (boot: Int64, count: Int)?
        for boot in catalogue.boots where boot.banner == run.banner && !started.contains(boot.id) {
            var (count, isTimed, isOver) = (0, false, false)
            if let start = start(of: boot.id) {
                compare: for part in catalogue.chain(from: start) {
                    for record in part.first..<part.end {
                        guard count < min(run.rows.count, Self.patternLimit) else { break compare }
                        guard try stored.fingerprint(of: record) == run.rows[count].print else {
                            isOver = true
                            break compare
                        }
                        isTimed = isTimed || run.rows[count].clock != .none
                        count += 1
                    }
                }
            } else if catalogue.stretches.values.contains(where: { $0.boot == boot.id }) {
                // Its beginning was removed.
                continue
            }
            // A line that was garbled once does not make two boots of one, when the lines before it cannot be equal by chance.
            if isOver, count < (isTimed ? Self.sureCount * 4 : Self.sureCount * 32) { continue }
            if best.map({ count > $0.count }) ?? true { best = (boot.id, count) }
        }
        return best?.boot
    }

    // MARK: In the middle

    fileprivate struct Place {
        /// How many records are known, and what stands behind the last of them.
        var count: Int
        var record: Int64
        var stretch: Catalogue.Stretch
    }

    /// Where the beginning of what is left stands among what is stored: whole; or as much of it as a chain of stretches ends with.
    private func search(_ run: Run, _ place: Int) throws(StoreError) -> Place? {
        guard searchesLeft > 0 else { return nil }
        searchesLeft -= 1
        let rows = run.rows[place...].prefix(Self.patternLimit)
        let heads = catalogue.heads(in: run.boot.map { [$0] })
        guard !heads.isEmpty, !rows.isEmpty else { return nil }
        let matcher = OverlapMatcher(rows.map(\.print))
        let dates = Self.dates(of: rows)
        let isEnd = run.hasEnded && rows.endIndex == run.rows.endIndex
        let chains = heads.map { catalogue.chain(from: $0) }.sorted { ($0.last?.end ?? 0) < ($1.last?.end ?? 0) }
        // A capture of a ring mostly goes on where the last one ended.
        if isEnd, let newest = chains.last, let found = try find(matcher, in: tail(of: newest, rows.count), dates), found.count >= min(rows.count, 32) {
            return found
        }
        var best: Place?
        for (index, chain) in chains.enumerated() {
            guard let found = try find(matcher, in: chain.map { ($0, $0.first..<$0.end) }, dates) else { continue }
            if found.count == rows.count { return found }
            let isSure = index == chains.count - 1 || found.count >= Self.sureCount || rows.prefix(found.count).contains { $0.clock != .none }
            if isSure, found.count >= best?.count ?? 1 { best = found }
        }
        return best
    }

    /// From the first to the last date of records; nil when some have none.
    private static func dates(of rows: ArraySlice<RecordRow>) -> ClosedRange<Int64>? {
        var (first, last) = (Int64.max, Int64.min)
        for row in rows {
            guard row.clock == .date else { return nil }
            first = min(first, row.time)
            last = max(last, row.time)
        }
        return first <= last ? first...last : nil
    }

    /// The last records of a chain.
    private func tail(of chain: [Catalogue.Stretch], _ count: Int) -> [(Catalogue.Stretch, Range<Int64>)] {
        var parts: [(Catalogue.Stretch, Range<Int64>)] = []
        var left = Int64(count)
        for stretch in chain.reversed() where left > 0 {
            let part = max(stretch.first, stretch.end - left)..<stretch.end
            parts.append((stretch, part))
            left -= Int64(part.count)
        }
        return parts.reversed()
    }

    /// Goes through the records of a chain, but for those that this log added.
    private func find(
        _ matcher: OverlapMatcher, in chain: [(Catalogue.Stretch, Range<Int64>)], _ dates: ClosedRange<Int64>?
    ) throws(StoreError) -> Place? {
        var matcher = matcher
        var found: Place?
        var isContinued = false
        for (stretch, range) in chain {
            // What follows on the last of a stretch is the first of the next; where something was removed nothing follows.
            var expected = isContinued && range.lowerBound == stretch.first ? stretch.first : -1
            for range in without(own[stretch.id] ?? [], range) {
                for part in try dates.map({ (dates) throws(StoreError) in try stored.parts(of: range, dates: dates) }) ?? [range] {
                    try stored.forEach(in: part) { (record, print) throws(StoreError) in
                        if record != expected { matcher.interrupt() }
                        expected = record + 1
                        guard matcher.feed(print) else { return true }
                        found = Place(count: matcher.length, record: record + 1, stretch: stretch)
                        return false
                    }
                    if let found { return found }
                }
            }
            isContinued = expected == stretch.end
        }
        guard isContinued, matcher.length > 0, let end = chain.last?.0 else { return nil }
        return Place(count: matcher.length, record: end.end, stretch: end)
    }

    private func without(_ removed: [Range<Int64>], _ range: Range<Int64>) -> [Range<Int64>] {
        var parts = [range]
        for other in removed {
            parts = parts.flatMap { part in
                [part.lowerBound..<max(part.lowerBound, min(part.upperBound, other.lowerBound)),
                 min(part.upperBound, max(part.lowerBound, other.upperBound))..<part.upperBound]
            }
        }
        return parts.filter { !$0.isEmpty }
    }

    // MARK: Where what is new belongs

    /// The boot of what fits nowhere.
    private func destination(_ run: Run, _ place: Int) throws(StoreError) -> Int64 {
        if let boot = run.boot { return boot }
        if let identity = run.identity { return try catalogue.addBoot(identity, banner: run.banner, now: now, in: database) }
        // What comes later in the log may be known.
        if !openStarts.isEmpty {
            for index in place..<run.rows.count {
                for start in openStarts[run.rows[index].print] ?? [] {
                    guard let boot = catalogue.stretches[start].flatMap({ catalogue.boot($0.boot) }),
                        run.banner == nil || !boot.isCertain || boot.banner == run.banner, !started.contains(boot.id), try isFollowed(run.rows, index, by: start, after: nil, true) == true
                    else { continue }
                    if let banner = run.banner, boot.banner == nil { try catalogue.setBanner(banner, of: boot.id, in: database) }
                    return boot.id
                }
            }
        }
        if run.banner == nil, let boot = try boot(at: run.rows[place]) { return boot }
        return try catalogue.addBoot(nil, banner: run.banner, now: now, in: database)
    }

    /// The boot in which a record without any other sign was printed: the newest; by date, the newest that had begun; none when its clock
    /// went backwards.
    private func boot(at row: RecordRow) throws(StoreError) -> Int64? {
        guard let newest = catalogue.boots.last else { return nil }
        switch row.clock {
        case .none: return newest.id
        case .date:
            for boot in catalogue.boots.reversed() {
                guard let first = try database.number("SELECT min(first_date) FROM tally WHERE boot = ?", [.integer(boot.id)]), first > row.time else {
                    return boot.id
                }
            }
            return catalogue.boots.first.flatMap { $0.isCertain ? nil : $0.id }
        case .start, .cycles:
            guard let last = catalogue.stretches.values.filter({ $0.boot == newest.id }).map(\.end).max() else { return newest.id }
            let time = try database.number(
                "SELECT time FROM record WHERE id = ? AND clock = ?", [.integer(last - 1), .integer(row.clock.rawValue)])
            return time.map { UInt64(bitPattern: $0) > UInt64(bitPattern: row.time) } ?? false ? nil : newest.id
        }
    }

    /// The boot of a run in which nothing was decided.
    func bootWithoutRecords(_ run: Run) throws(StoreError) -> Int64 {
        let known: Int64? =
            if let identity = run.identity {
                catalogue.boots.first { $0.identity == identity }?.id
            } else if let banner = run.banner {
                catalogue.boots.first { $0.banner == banner && !started.contains($0.id) }?.id
            } else {
                catalogue.boots.last?.id
            }
        if run.banner != nil, let known { started.insert(known) }
        if let known { return known }
        let boot = try catalogue.addBoot(run.identity, banner: run.banner, now: now, in: database)
        if run.banner != nil { started.insert(boot) }
        return boot
    }
}
