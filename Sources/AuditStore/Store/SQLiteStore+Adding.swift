import AuditLog
import Flask

extension SQLiteStore {
    /// Keeps decisions that have keys, in one transaction. Those whose key is there already change nothing.
    ///
    /// - Returns: how many were new.
    public func add(_ denials: [KeyedDenial]) throws(StoreError) -> Int {
        let database = database
        return try database.change { () throws(StoreError) in
            let writer = RecordWriter(database)
            var catalogues: [[UInt8]: Catalogue] = [:]
            var kinds: [[UInt8]: Int64] = [:]
            var added: [Int64: [Int64]] = [:]
            var count = 0
            let now = (try database.number("SELECT CAST(unixepoch('subsec') * 1000000 AS INTEGER)")) ?? 0
            for denial in denials {
                if catalogues[denial.key.host] == nil { catalogues[denial.key.host] = try Catalogue(of: writer.host(denial.key.host), in: database) }
                var boot = catalogues[denial.key.host]?.boots.first { $0.identity == denial.key.boot }?.id
                if boot == nil { boot = try catalogues[denial.key.host]?.addBoot(denial.key.boot, banner: nil, now: now, in: database) }
                guard let boot else { continue }
                guard (0..<1 << RecordPlace.bits).contains(denial.key.sequence) else {
                    throw StoreError(.failed, path: database.path, detail: "a key's sequence is beyond 2^40")
                }
                let record = RecordPlace.first(of: boot) + denial.key.sequence
                guard try database.number("SELECT 1 FROM record WHERE id = ?", [.integer(record)]) == nil else { continue }
                let text = Self.text(denial.record)
                if kinds[text] == nil { kinds[text] = try writer.kind(text, denial.record) }
                guard let kind = kinds[text] else { continue }
                try writer.write(Self.row(denial), kind: kind, at: record)
                added[boot, default: []].append(record)
                count += 1
            }
            for (boot, records) in added { try Self.keepStretches(records.sorted(), boot, database) }
            try writer.finish(now: now)
            return count
        }
    }

    /// Says which records follow each other.
    private static func keepStretches(_ records: [Int64], _ boot: Int64, _ database: Database) throws(StoreError) {
        for record in records {
            if let stretch = try database.number(
                "SELECT id FROM stretch WHERE boot = ? AND first <= ? AND end >= ? ORDER BY first DESC LIMIT 1",
                [.integer(boot), .integer(record), .integer(record)])
            {
                try database.run("UPDATE stretch SET end = max(end, ?) WHERE id = ?", [.integer(record + 1), .integer(stretch)])
                // What fills a gap is behind those that were sent.
                try database.run("UPDATE sent_stretch SET end = ? WHERE stretch = ? AND end > ?", [.integer(record), .integer(stretch), .integer(record)])
            } else {
                try database.run("INSERT INTO stretch (boot, first, end, is_start) VALUES (?, ?, ?, 0)", [
                    .integer(boot), .integer(record), .integer(record + 1),
                ])
            }
        }
    }

    private static func row(_ denial: KeyedDenial) -> RecordRow {
        let subject = denial.record.subject
        let (clock, time) = StoredClock.parts(of: denial.time)
        func number(_ domain: DomainIdentifier?) -> Int32 { domain.map { Int32($0.rawValue) } ?? -1 }
        return RecordRow(
            kind: 0, source: number(subject.source), target: number(subject.target), current: number(subject.current), clock: clock, time: time,
            object: subject.object.map(ObjectText.text))
    }

    /// The text by which a kind is known, in the newest form.
    private static func text(_ record: AuditRecord) -> [UInt8] {
        var words = record.permissions.map(\.bytes)
        if record.unnamedPermissions != 0 { words.append(Array(("0x" + String(record.unnamedPermissions, radix: 16)).utf8)) }
        func context(_ context: AuditRecord.Context, _ key: String, _ number: String) -> [UInt8] {
            switch context {
            case .text(let text): Array(key.utf8) + text
            case .identifier(let identifier): Array((number + String(Int32(bitPattern: identifier.rawValue))).utf8)
            }
        }
        let key =
            context(record.source, "scontext=", "ssid=") + [0x20] + context(record.target, "tcontext=", "tsid=") + Array(" tclass=".utf8)
            + record.objectClass.bytes
        return KindCache.text(record.verdict == .granted, Array(words.joined(separator: [0x20]))[...], key[...])
    }
}
