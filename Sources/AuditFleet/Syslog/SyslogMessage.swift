internal import AuditLog

/// A record as a message of RFC 5424.
///
/// Its words are ASCII: a byte of a log that is no printable character of it, and a backslash, is `\x` and two digits.
struct SyslogMessage {
    /// What an administrator chooses of a message's form.
    struct Form: Hashable, Sendable {
        /// `log audit`.
        var facility = 13
        /// The number under which a receiver's structured data is named; none has it without one, as we own none (RFC 5612 keeps 32473 for documents).
        var enterprise: UInt32?
    }

    /// Everything before the words.
    let head: String
    let words: [UInt8]

    var bytes: [UInt8] { Array(head.utf8) + words }

    init(_ record: ExportedRecord, _ form: Form) {
        let severity =
            switch record.severity {
            case .emergency: 0
            case .error: 3
            case .warning: 4
            case .information: 6
            }
        var head = "<\(form.facility * 8 + severity)>1 \(Self.timestamp(record.time)) "
        // A process of its own for each boot: RFC 5424 has a new number say that what was counted begins anew.
        head += Self.field(record.host, 255) + " xen " + Self.field(record.boot, 128) + " " + record.kind + " "
        var words = Self.escaped(record.text)
        if let enterprise = form.enterprise {
            head += Self.structuredData(record, enterprise) + " "
        } else {
            head += "- "
            // What the line does not say itself.
            words += " uid=\(record.identifier)".utf8
            for attribute in record.attributes where ["since_start_us", "count", "cycles"].contains(attribute.name) {
                words += Array((" " + attribute.name + "=").utf8) + Self.text(attribute.value)
            }
        }
        self.head = head
        self.words = words
    }

    /// The message in so many bytes, its end left out and that said where it is longer; nil where not even its head has room.
    func cut(_ limit: Int) -> [UInt8]? {
        if head.utf8.count + words.count <= limit { return bytes }
        let mark = Array(" [cut off: \(words.count) bytes]".utf8)
        let room = limit - head.utf8.count - mark.count
        guard room >= 0 else { return nil }
        return Array(head.utf8) + words.prefix(room) + mark
    }

    private static func timestamp(_ time: LogTime) -> String {
        // Years of four digits are what there is a form for.
        guard let text = time.timestamp, text.utf8.count == 27, !text.hasPrefix("-") else { return "-" }
        return text
    }

    /// A word of the head; what has no room is not known.
    private static func field(_ bytes: [UInt8], _ limit: Int) -> String {
        let text = PercentEncoding.text(bytes)
        return text.isEmpty || text.utf8.count > limit ? "-" : text
    }

    private static func structuredData(_ record: ExportedRecord, _ enterprise: UInt32) -> String {
        var text = "[xen-flask@\(enterprise) uid=\"\(record.identifier)\""
        for attribute in record.attributes {
            text += " \(attribute.name)=\""
            for byte in Self.text(attribute.value) {
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "]") { text += "\\" }
                text.unicodeScalars.append(Unicode.Scalar(byte))
            }
            text += "\""
        }
        return text + "]"
    }

    private static func text(_ value: RecordAttribute.Value) -> [UInt8] {
        switch value {
        case .text(let text): Array(text.utf8)
        case .bytes(let bytes): escaped(bytes)
        case .number(let number): Array(String(number).utf8)
        case .list(let words): Array(words.map(escaped).joined(separator: [0x20]))
        }
    }

    private static func escaped(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.contains(where: { !(0x20..<0x7F ~= $0) || $0 == UInt8(ascii: "\\") }) else { return bytes }
        var text: [UInt8] = []
        for byte in bytes {
            if 0x20..<0x7F ~= byte, byte != UInt8(ascii: "\\") {
                text.append(byte)
            } else {
                text += ((byte < 16 ? "\\x0" : "\\x") + String(byte, radix: 16)).utf8
            }
        }
        return text
    }
}
