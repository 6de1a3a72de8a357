internal import AuditLog
internal import AuditStore
internal import Flask

/// A decision, or another word of a hypervisor's, as it is told to systems that know no Flask.
struct ExportedRecord: Hashable, Sendable {
    /// How much it matters, in the words that OpenTelemetry and syslog share.
    enum Severity: Hashable, Sendable { case information, warning, error, emergency }

    var host: [UInt8]
    var boot: [UInt8]
    /// What no other record has and this one always has, however often it is sent: the host, the boot, and the place in the boot or all that a notice says.
    var identifier: String
    /// `denied`, `granted`, or the kind of a notice.
    var kind: String
    var isDecision: Bool
    var severity: Severity
    var time: LogTime
    /// The line as Flask prints it.
    var text: [UInt8]
    var attributes: [RecordAttribute]

    init(_ denial: KeyedDenial) {
        let (key, record) = (denial.key, denial.record)
        host = key.host
        boot = key.boot
        identifier = "\(PercentEncoding.text(key.host))/\(PercentEncoding.text(key.boot))/\(key.sequence)"
        kind = record.verdict.rawValue
        isDecision = true
        severity = record.verdict == .denied ? .warning : .information
        time = denial.time
        text = AuditForm.all.first?.text(of: record) ?? []
        attributes = [RecordAttribute("sequence", .number(key.sequence)), RecordAttribute("verdict", .text(kind))]
        attributes += Self.attributes(denial.time)
        attributes.append(RecordAttribute("class", .bytes(record.objectClass.bytes)))
        attributes.append(RecordAttribute("permissions", .list(record.permissions.map(\.bytes))))
        if record.unnamedPermissions != 0 { attributes.append(RecordAttribute("unnamed_permissions", .number(Int64(record.unnamedPermissions)))) }
        attributes += Self.attributes("source", record.source, record.subject.source)
        attributes += Self.attributes("target", record.target, record.subject.target)
        if let current = record.subject.current { attributes.append(RecordAttribute("current.domain", .number(Int64(current.rawValue)))) }
        if let object = record.subject.object { attributes += Self.attributes(object) }
    }

    init(_ notice: StoredNotice) {
        host = notice.host
        boot = notice.boot
        kind = notice.kind.rawValue
        isDecision = false
        severity =
            switch notice.kind {
            case .start, .policy, .mode, .message: .information
            case .unknownOperation, .bounds, .validation: .warning
            case .refusal: .error
            case .panic: .emergency
            }
        time = notice.time
        text = notice.text
        let moment =
            switch notice.time {
            case .unknown: "unknown"
            case .date(let time): "date=\(time)"
            case .sinceStart(let time): "start=\(time)"
            case .cycles(let count): "cycles=\(count)"
            }
        identifier =
            "\(PercentEncoding.text(host))/\(PercentEncoding.text(boot))/\(kind)/\(moment)/\(notice.count)/\(PercentEncoding.text(notice.text))"
        attributes = [RecordAttribute("notice", .text(kind)), RecordAttribute("count", .number(Int64(clamping: notice.count)))] + Self.attributes(notice.time)
    }

    /// A time that is no date, which none of those systems has a place for.
    private static func attributes(_ time: LogTime) -> [RecordAttribute] {
        switch time {
        case .unknown, .date: []
        case .sinceStart(let time): [RecordAttribute("since_start_us", .number(Int64(clamping: time)))]
        case .cycles(let count): [RecordAttribute("cycles", .text(hexadecimal(count)))]
        }
    }

    private static func attributes(_ side: String, _ context: AuditRecord.Context, _ domain: DomainIdentifier?) -> [RecordAttribute] {
        var attributes: [RecordAttribute] = []
        switch context {
        case .text(let text):
            attributes.append(RecordAttribute("\(side).context", .bytes(text)))
            // The third part of a context is its type.
            let parts = text.split(separator: UInt8(ascii: ":"), maxSplits: 3, omittingEmptySubsequences: false)
            if parts.count > 2 { attributes.append(RecordAttribute("\(side).type", .bytes(Array(parts[2])))) }
        case .identifier(let identifier): attributes.append(RecordAttribute("\(side).sid", .number(Int64(identifier.rawValue))))
        }
        if let domain { attributes.append(RecordAttribute("\(side).domain", .number(Int64(domain.rawValue)))) }
        return attributes
    }

    private static func attributes(_ object: AuditObject) -> [RecordAttribute] {
        switch object {
        case .device(let number): [RecordAttribute("object.device", .text(hexadecimal(number)))]
        case .interrupt(let number): [RecordAttribute("object.interrupt", .number(Int64(number)))]
        case .range(let low, let high):
            [RecordAttribute("object.range.low", .text(hexadecimal(low))), RecordAttribute("object.range.high", .text(hexadecimal(high)))]
        case .memory(let entry, let frame):
            [RecordAttribute("object.memory.entry", .text(hexadecimal(entry))), RecordAttribute("object.memory.frame", .text(hexadecimal(frame)))]
        case .deviceTreeNode(let path): [RecordAttribute("object.device_tree_node", .bytes(path))]
        }
    }

    private static func hexadecimal(_ number: UInt64) -> String { "0x" + String(number, radix: 16) }
}

extension ShippingBatch {
    /// What is in it, decisions first.
    var records: [ExportedRecord] { denials.map { ExportedRecord($0) } + notices.map { ExportedRecord($0) } }
}
