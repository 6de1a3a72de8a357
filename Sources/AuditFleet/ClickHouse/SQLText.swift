internal import AuditStore
internal import Flask

/// Text of SQL, of fixed words and values. Nothing of a log's or a user's becomes a part of it but as digits.
struct SQLText: ExpressibleByStringInterpolation, Hashable {
    private(set) var text: String

    init(stringLiteral text: String) { self.text = text }
    init(stringInterpolation: Interpolation) { text = stringInterpolation.text }

    struct Interpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity * 2) }

        mutating func appendLiteral(_ literal: String) { text += literal }
        mutating func appendInterpolation(_ part: SQLText) { text += part.text }
        /// With its type: a literal has the smallest that it fits into, and so have some results.
        mutating func appendInterpolation(_ number: Int64) { text += "toInt64('\(number)')" }
        mutating func appendInterpolation(_ number: UInt64) { text += "toUInt64('\(number)')" }
        mutating func appendInterpolation(_ number: Int) { text += String(number) }
        /// A name of one of our tables or columns, or one that an address has had checked.
        mutating func appendInterpolation(name: String) { text += name }
        /// Bytes as a value.
        mutating func appendInterpolation(_ bytes: [UInt8]) {
            text += "unhex('"
            for byte in bytes {
                text += byte < 16 ? "0" : ""
                text += String(byte, radix: 16)
            }
            text += "')"
        }
    }

    /// Parts with words between them.
    static func joined(_ parts: [SQLText], by separator: SQLText) -> SQLText {
        var joined: SQLText = ""
        joined.text = parts.map(\.text).joined(separator: separator.text)
        return joined
    }
}

extension SQLText {
    /// ` WHERE …`, or nothing.
    static func clause(_ conditions: [SQLText]) -> SQLText { conditions.isEmpty ? "" : " WHERE \(joined(conditions, by: " AND "))" }

    /// What a filter says of hosts and boots.
    static func boots(_ filter: DenialFilter) -> [SQLText] {
        var conditions: [SQLText] = []
        if let host = filter.host { conditions.append("host = \(host)") }
        if let boot = filter.boot { conditions.append("boot = \(boot)") }
        return conditions
    }

    /// What it says of everything but dates.
    static func conditions(_ filter: DenialFilter) -> [SQLText] {
        var conditions = boots(filter)
        if let name = filter.objectClass { conditions.append("class = \(name.bytes)") }
        if let name = filter.sourceType { conditions.append("source_type = \(name.bytes)") }
        if let name = filter.targetType { conditions.append("target_type = \(name.bytes)") }
        if let text = filter.sourceContext { conditions.append("source = \(text) AND source_sid < 0") }
        if let text = filter.targetContext { conditions.append("target = \(text) AND target_sid < 0") }
        if let record = filter.kind { conditions += kind(record) }
        if let name = filter.permission { conditions.append("has(permissions, \(name.bytes))") }
        if let verdict = filter.verdict { conditions.append("verdict = \(verdict == .granted ? 1 : 0)") }
        if let domain = filter.domain {
            conditions.append("(\(sourceDomain) = \(Int(domain.rawValue)) OR target_domain = \(Int(domain.rawValue)))")
        }
        return conditions
    }

    /// All that a line says but domains and hardware.
    private static func kind(_ record: AuditRecord) -> [SQLText] {
        func context(_ context: AuditRecord.Context, _ text: SQLText, _ number: SQLText) -> SQLText {
            switch context {
            case .text(let bytes): "\(text) = \(bytes) AND \(number) < 0"
            case .identifier(let identifier): "\(number) = \(Int64(identifier.rawValue))"
            }
        }
        let names = record.permissions.map { "\($0.bytes)" as SQLText }
        return [
            context(record.source, "source", "source_sid"), context(record.target, "target", "target_sid"), "class = \(record.objectClass.bytes)",
            "verdict = \(record.verdict == .granted ? 1 : 0)", "unnamed = \(Int64(record.unnamedPermissions))",
            names.isEmpty ? "empty(permissions)" : "permissions = [\(joined(names, by: ", "))]",
        ]
    }

    /// What it says of the dates of single records.
    static func dates(_ filter: DenialFilter) -> [SQLText] {
        filter.dates.map { ["clock = 2 AND time >= \($0.lowerBound) AND time <= \($0.upperBound)"] } ?? []
    }

    /// What it says of dates where it is counted: by whole hours, but where domains are looked at.
    static func hours(_ filter: DenialFilter) -> [SQLText] { dates(filter.domain == nil ? .hours(of: filter) : filter) }

    /// Who did it: the domain that acted for itself, or for another.
    static let sourceDomain: SQLText = "if(source_domain >= 0, source_domain, current_domain)"
}

extension DenialFilter {
    /// The same filter, with the whole of the hours that its dates touch.
    static func hours(of filter: DenialFilter) -> DenialFilter {
        guard let range = filter.dates else { return filter }
        let (first, isBelow) = FleetTime.hour(of: range.lowerBound).multipliedReportingOverflow(by: FleetTime.hour)
        let (last, isBeyond) = FleetTime.hour(of: range.upperBound).multipliedReportingOverflow(by: FleetTime.hour)
        let (end, isFar) = last.addingReportingOverflow(FleetTime.hour - 1)
        var filter = filter
        filter.dates = (isBelow ? Int64.min : first)...(isBeyond || isFar ? Int64.max : end)
        return filter
    }
}

/// Hours of dates.
enum FleetTime {
    /// Microseconds.
    static let hour: Int64 = 3_600_000_000

    static func hour(of date: Int64) -> Int64 { date / hour - (date % hour < 0 ? 1 : 0) }
}
