internal import AuditLog
internal import AuditStore
internal import Flask

extension RowBinaryWriter {
    /// A row of ``ClickHouseTables/denials``.
    mutating func write(_ denial: KeyedDenial) {
        let (record, subject) = (denial.record, denial.record.subject)
        func text(_ context: AuditRecord.Context) -> [UInt8] { if case .text(let text) = context { text } else { [] } }
        func number(_ context: AuditRecord.Context) -> Int64 { if case .identifier(let number) = context { Int64(number.rawValue) } else { -1 } }
        func domain(_ domain: DomainIdentifier?) -> Int32 { domain.map { Int32($0.rawValue) } ?? -1 }
        write(denial.key.host)
        write(denial.key.boot)
        write(denial.key.sequence)
        write(UInt8(record.verdict == .granted ? 1 : 0))
        count(record.permissions.count)
        for name in record.permissions { write(name.bytes) }
        write(record.unnamedPermissions)
        write(text(record.source))
        write(text(record.target))
        write(number(record.source))
        write(number(record.target))
        write(record.source.typeName)
        write(record.target.typeName)
        write(record.objectClass.bytes)
        write(domain(subject.source))
        write(domain(subject.target))
        write(domain(subject.current))
        write(subject.object.map(ObjectText.text) ?? [])
        let (clock, time) = StoredClock.parts(of: denial.time)
        write(UInt8(clock.rawValue))
        write(time)
    }

    /// A row of ``ClickHouseTables/notices``.
    mutating func write(_ notice: StoredNotice, earlier: UInt64) {
        write(notice.host)
        write(notice.boot)
        write(Array(notice.kind.rawValue.utf8))
        write(notice.text)
        let (clock, time) = StoredClock.parts(of: notice.time)
        write(UInt8(clock.rawValue))
        write(time)
        write(notice.count)
        write(earlier)
    }
}

extension RowBinaryReader {
    /// The columns of ``denialColumns``.
    mutating func denial() throws(ClickHouseFailure) -> KeyedDenial {
        let key = DenialKey(host: try text(), boot: try text(), sequence: try number())
        let verdict: UInt8 = try number()
        let permissions = try array { (reader) throws(ClickHouseFailure) in Name(bytes: try reader.text()) }
        let unnamed: UInt32 = try number()
        let texts = (try text(), try text())
        let numbers: (Int64, Int64) = (try number(), try number())
        let objectClass = Name(bytes: try text())
        let domains: (Int32, Int32, Int32) = (try number(), try number(), try number())
        func domain(_ number: Int32) -> DomainIdentifier? { UInt16(exactly: number).map(DomainIdentifier.init(rawValue:)) }
        let object = try text()
        let (clock, time): (UInt8, Int64) = (try number(), try number())
        let subject = AuditSubject(
            source: domain(domains.0), target: domain(domains.1), current: domain(domains.2), object: object.isEmpty ? nil : ObjectText.object(object))
        return KeyedDenial(
            key,
            AuditRecord(
                verdict: verdict == 1 ? .granted : .denied, permissions: permissions, unnamedPermissions: unnamed, subject: subject,
                source: Self.context(texts.0, numbers.0), target: Self.context(texts.1, numbers.1), objectClass: objectClass),
            time: StoredClock.time(Int64(clock), time))
    }

    /// A context by its text, or by its number when that is none below zero.
    static func context(_ text: [UInt8], _ number: Int64) -> AuditRecord.Context {
        number < 0 ? .text(text) : .identifier(SecurityIdentifier(rawValue: UInt32(truncatingIfNeeded: number)))
    }

    static let denialColumns: SQLText = """
        host, boot, sequence, verdict, permissions, unnamed, source, target, source_sid, target_sid, class, source_domain, target_domain, current_domain, \
        object, clock, time
        """
}
