internal import AuditLog
public import AuditStore

extension ClickHouseStore {
    /// All hosts by name.
    public func hosts() throws(StoreError) -> [HostSummary] {
        try answer { () throws(ClickHouseFailure) in
            var hosts: [[UInt8]: HostSummary] = [:]
            try query(
                "SELECT host, uniqExact(boot) FROM \(name: ClickHouseTables.boots.name) GROUP BY host ORDER BY host LIMIT \(Self.answerLimit)"
            ) { (row) throws(ClickHouseFailure) in
                let name = try row.text()
                hosts[name] = HostSummary(name: name, boots: try row.count(), records: 0)
            }
            try query(
                """
                SELECT host, count(), countIf(clock = 2), minIf(time, clock = 2), maxIf(time, clock = 2) FROM \(name: ClickHouseTables.denials.name) FINAL \
                GROUP BY host ORDER BY host LIMIT \(Self.answerLimit)
                """
            ) { (row) throws(ClickHouseFailure) in
                let name = try row.text()
                var host = hosts[name] ?? HostSummary(name: name, boots: 0, records: 0)
                host.records = try row.number()
                let (dated, first, last): (UInt64, Int64, Int64) = (try row.number(), try row.number(), try row.number())
                if dated > 0 { (host.first, host.last) = (first, last) }
                hosts[name] = host
            }
            return hosts.values.sorted { $0.name.lexicographicallyPrecedes($1.name) }
        }
    }

    /// What the hypervisor said beside decisions, newest first: in the order in which it was first sent.
    public func notices(_ filter: DenialFilter, limit: Int, offset: Int = 0) throws(StoreError) -> [StoredNotice] {
        try answer { () throws(ClickHouseFailure) in
            var notices: [StoredNotice] = []
            guard Self.limit(limit) > 0 else { return notices }
            try query(
                """
                SELECT host, boot, kind, text, clock, time, max(times), max(earlier) AS place FROM \(name: ClickHouseTables.notices.name)\
                \(.clause(SQLText.boots(filter))) GROUP BY host, boot, kind, text, clock, time \
                ORDER BY place, host, boot, kind, text, clock, time LIMIT \(max(0, offset)), \(Self.limit(limit))
                """
            ) { (row) throws(ClickHouseFailure) in
                let (host, boot, kind, text) = (try row.text(), try row.text(), try row.text(), try row.text())
                let (clock, time): (UInt8, Int64) = (try row.number(), try row.number())
                notices.append(
                    StoredNotice(
                        host: host, boot: boot, kind: FlaskNotice.Kind(rawValue: String(decoding: kind, as: UTF8.self)) ?? .message, text: text,
                        time: StoredClock.time(Int64(clock), time), count: try row.number()))
                _ = try row.number(UInt64.self)
            }
            return notices
        }
    }
}
