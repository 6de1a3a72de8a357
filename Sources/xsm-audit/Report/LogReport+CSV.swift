import AuditLog
import Flask
import Reports

extension LogReport {
    /// RFC 4180, a line for each group. What a table of somebody's would take for a formula has a quote
    /// before it, and controls are shown as in the text.
    var csv: [UInt8] {
        var bytes = Array("verdict,count,source,target,class,permissions,domains,hosts,first,last\r\n".utf8)
        for group in groups.prefix(shown) {
            let fields: [[UInt8]] = [
                Array(group.verdict.rawValue.utf8), Array("\(group.count)".utf8), group.source.bytes, group.target.bytes, group.objectClass.bytes,
                Array(group.permissions.map(\.name.bytes).joined(separator: [UInt8(ascii: " ")])), Array(domains(group, limit: .max).utf8),
                Array(group.hosts.joined(separator: [UInt8(ascii: " ")])), Self.time(group.first), Self.time(group.last),
            ]
            for (place, field) in fields.enumerated() {
                if place > 0 { bytes.append(UInt8(ascii: ",")) }
                bytes += Self.quoted(field)
            }
            bytes += "\r\n".utf8
        }
        return bytes
    }

    private static func time(_ sight: DenialCell.Sight) -> [UInt8] { Array((sight.time.timestamp ?? sight.time.text ?? "line \(sight.line)").utf8) }

    private static func quoted(_ field: [UInt8]) -> [UInt8] {
        var shown = AnswerText()
        shown.append(field)
        var field = shown.bytes
        if let first = field.first, "=+-@".utf8.contains(first) { field.insert(UInt8(ascii: "'"), at: 0) }
        guard field.contains(where: { "\",".utf8.contains($0) }) else { return field }
        return [UInt8(ascii: "\"")] + field.flatMap { $0 == UInt8(ascii: "\"") ? [$0, $0] : [$0] } + [UInt8(ascii: "\"")]
    }
}
