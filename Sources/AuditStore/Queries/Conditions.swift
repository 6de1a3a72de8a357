import Flask

/// A filter as conditions of a statement: fixed texts, with values that are bound.
struct Conditions {
    private(set) var texts: [String] = []
    private(set) var values: [SQLValue] = []

    /// `WHERE …`, or nothing.
    var clause: String { texts.isEmpty ? "" : " WHERE " + texts.joined(separator: " AND ") }

    mutating func add(_ text: StaticString, _ values: SQLValue...) {
        texts.append("\(text)")
        self.values += values
    }

    /// What a filter says of kinds; the table is `k`.
    mutating func addKind(_ filter: DenialFilter) {
        if let name = filter.objectClass { add("k.class = ?", .bytes(name.bytes)) }
        if let name = filter.sourceType { add("k.source_type = ?", .bytes(name.bytes)) }
        if let name = filter.targetType { add("k.target_type = ?", .bytes(name.bytes)) }
        if let text = filter.sourceContext { add("k.source = ?", .bytes(text)) }
        if let text = filter.targetContext { add("k.target = ?", .bytes(text)) }
        if let verdict = filter.verdict { add("k.verdict = ?", .integer(verdict == .granted ? 1 : 0)) }
        if let record = filter.kind { addKind(record) }
        if let name = filter.permission { add("k.id IN (SELECT kind FROM permission WHERE name = ?)", .bytes(name.bytes)) }
    }

    private mutating func addKind(_ record: AuditRecord) {
        switch record.source {
        case .text(let text): add("k.source = ?", .bytes(text))
        case .identifier(let identifier): add("k.source IS NULL AND k.source_sid = ?", .integer(Int64(identifier.rawValue)))
        }
        switch record.target {
        case .text(let text): add("k.target = ?", .bytes(text))
        case .identifier(let identifier): add("k.target IS NULL AND k.target_sid = ?", .integer(Int64(identifier.rawValue)))
        }
        add(
            "k.class = ? AND k.verdict = ? AND k.permissions = ? AND k.unnamed = ?", .bytes(record.objectClass.bytes), .integer(record.verdict == .granted ? 1 : 0),
            .bytes(Array(record.permissions.map(\.bytes).joined(separator: [0x20]))), .integer(Int64(record.unnamedPermissions)))
    }

    /// What a filter says of boots; the column is `boot` of `t`.
    mutating func addBoot(_ filter: DenialFilter) {
        if let host = filter.host { add("t.boot IN (SELECT b.id FROM boot b JOIN host h ON h.id = b.host WHERE h.name = ?)", .bytes(host)) }
        if let boot = filter.boot { add("t.boot IN (SELECT id FROM boot WHERE identity = ?)", .bytes(boot)) }
    }

    /// What it says of hours; the column is `hour` of `t`.
    mutating func addHours(_ filter: DenialFilter) {
        guard let dates = filter.dates else { return }
        add("t.hour BETWEEN ? AND ?", .integer(Sums.hour(of: dates.lowerBound)), .integer(Sums.hour(of: dates.upperBound)))
    }

    /// What it says of domains, of the table `pair`, which is `t`.
    mutating func addDomain(_ filter: DenialFilter) {
        guard let domain = filter.domain else { return }
        add("(t.source = ? OR t.target = ?)", .integer(Int64(domain.rawValue)), .integer(Int64(domain.rawValue)))
    }
}

extension DenialFilter {
    /// Whether it looks at kinds at all.
    var hasKind: Bool {
        objectClass != nil || sourceType != nil || targetType != nil || sourceContext != nil || targetContext != nil || verdict != nil || permission != nil || kind != nil
    }
}
