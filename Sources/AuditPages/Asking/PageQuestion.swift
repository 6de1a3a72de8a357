import AuditLog
import AuditStore
import Flask
import PageServer

/// What a page is asked to show: the part of its address behind the `?`.
struct PageQuestion: Hashable {
    var filter = DenialFilter()
    /// How many groups are passed over.
    var offset = 0
    /// Where a page of decisions begins.
    var start: DenialKey?
    /// The page is loaded anew by itself.
    var isLive = false
    /// What could not be understood, for the page to say.
    private(set) var mistakes: [String] = []

    init() {}

    init(_ fields: [FormField]) {
        var key: (host: [UInt8]?, boot: [UInt8]?, sequence: Int64?) = (nil, nil, nil)
        var (from, to): ((start: Int64, length: Int64)?, (start: Int64, length: Int64)?) = (nil, nil)
        for field in fields where !field.value.isEmpty || field.name.starts(with: "start-".utf8) {
            let value = field.value
            switch String(decoding: field.name, as: UTF8.self) {
            case "host": filter.host = value
            case "boot": filter.boot = value
            case "source": filter.sourceType = Name(bytes: value)
            case "target": filter.targetType = Name(bytes: value)
            case "scontext": filter.sourceContext = value
            case "tcontext": filter.targetContext = value
            case "class": filter.objectClass = Name(bytes: value)
            case "permission": filter.permission = Name(bytes: value)
            case "verdict": filter.verdict = AuditRecord.Verdict(rawValue: String(decoding: value, as: UTF8.self))
            case "domain":
                let digits = value.first == UInt8(ascii: "d") ? value.dropFirst() : value[...]
                if let number = UInt16(String(decoding: digits, as: UTF8.self)) {
                    filter.domain = DomainIdentifier(rawValue: number)
                } else {
                    mistakes.append("a domain is a number, like 3")
                }
            case "from":
                from = LogTime.stretch(named: value)
                if from == nil { mistakes.append("a time is like 2026-11-20T18:15, in UTC") }
            case "to":
                to = LogTime.stretch(named: value)
                if to == nil { mistakes.append("a time is like 2026-11-20T18:15, in UTC") }
            case "offset": offset = min(max(0, Int(String(decoding: value, as: UTF8.self)) ?? 0), 1_000_000)
            case "start-host": key.host = value
            case "start-boot": key.boot = value
            case "start": key.sequence = Int64(String(decoding: value, as: UTF8.self))
            case "live": isLive = true
            default: break
            }
        }
        let (first, last) = (from?.start ?? .min, to.map { $0.start + $0.length - 1 } ?? .max)
        if first > last {
            mistakes.append("the time ends before it begins")
        } else if from != nil || to != nil {
            filter.dates = first...last
        }
        if let host = key.host, let boot = key.boot, let sequence = key.sequence { start = DenialKey(host: host, boot: boot, sequence: sequence) }
    }

    /// The fields that say the same.
    var fields: [FormField] {
        var fields = filterFields
        if offset > 0 { fields.append(FormField("offset", Array(String(offset).utf8))) }
        if let start {
            fields += [FormField("start-host", start.host), FormField("start-boot", start.boot), FormField("start", Array(String(start.sequence).utf8))]
        }
        if isLive { fields.append(FormField("live", [UInt8(ascii: "1")])) }
        return fields
    }

    var filterFields: [FormField] {
        var fields: [FormField] = []
        func add(_ name: String, _ value: [UInt8]?) { if let value { fields.append(FormField(name, value)) } }
        add("host", filter.host)
        add("boot", filter.boot)
        add("source", filter.sourceType?.bytes)
        add("target", filter.targetType?.bytes)
        add("scontext", filter.sourceContext)
        add("tcontext", filter.targetContext)
        add("class", filter.objectClass?.bytes)
        add("permission", filter.permission?.bytes)
        add("domain", filter.domain.map { Array(String($0.rawValue).utf8) })
        add("verdict", filter.verdict.map { Array($0.rawValue.utf8) })
        if let dates = filter.dates {
            if dates.lowerBound != .min { add("from", Array(PageTime.field(dates.lowerBound).utf8)) }
            if dates.upperBound != .max { add("to", Array(PageTime.field(dates.upperBound, isEnd: true).utf8)) }
        }
        return fields
    }

    /// The address of a page that is asked the same, with something changed.
    func link(_ path: String, _ change: (inout PageQuestion) -> Void = { _ in }) -> String {
        var question = self
        question.offset = 0
        question.start = nil
        change(&question)
        let fields = question.fields
        return fields.isEmpty ? path : path + "?" + FormField.query(fields)
    }

    /// Whether it begins or ends within an hour: what a store counts beforehand is counted by hours.
    var isWithinHours: Bool {
        guard let dates = filter.dates else { return false }
        let hour: Int64 = 3_600_000_000
        return dates.lowerBound != .min && dates.lowerBound % hour != 0 || dates.upperBound != .max && (dates.upperBound &+ 1) % hour != 0
    }

    var isFiltered: Bool { filter != DenialFilter() }
}
