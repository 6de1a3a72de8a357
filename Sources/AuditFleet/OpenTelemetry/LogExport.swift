internal import AuditLog
internal import JSON

/// A request to keep log records, as OTLP/HTTP has it in JSON (opentelemetry-proto: `ExportLogsServiceRequest`): names in camel case, integers of 64
/// bits in strings, bytes in base64.
struct LogExport {
    /// Before the names that the semantic conventions do not have.
    static let prefix = "xen.flask."
    static let scope = "xsm-audit"
    static let event = "xen.flask.decision", noticeEvent = "xen.flask.notice"

    /// The version of what observed the records.
    var version: String?
    /// When they were observed: nanoseconds since 1970.
    var observed: UInt64

    func bytes(_ records: ArraySlice<ExportedRecord>) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("resourceLogs", array: { json in
                var rest = records
                while let first = rest.first {
                    // What follows each other is mostly of one boot.
                    let run = rest.prefix { $0.host == first.host && $0.boot == first.boot }
                    write(first, run, &json)
                    rest = rest[run.endIndex...]
                }
            })
        }
        return json.bytes
    }

    private func write(_ resource: ExportedRecord, _ records: ArraySlice<ExportedRecord>, _ json: inout JSONWriter) {
        json.object { json in
            json.member("resource", object: { json in
                json.member("attributes", array: { json in
                    write("service.name", .text("xen"), &json)
                    if !resource.host.isEmpty { write("host.name", .bytes(resource.host), &json) }
                    if !resource.boot.isEmpty { write("xen.boot.id", .bytes(resource.boot), &json) }
                })
            })
            json.member("scopeLogs", array: { json in
                json.object { json in
                    json.member("scope", object: { json in
                        json.member("name", Self.scope)
                        if let version { json.member("version", version) }
                    })
                    json.member("logRecords", array: { json in
                        for record in records { write(record, &json) }
                    })
                }
            })
        }
    }

    private func write(_ record: ExportedRecord, _ json: inout JSONWriter) {
        let (number, word) =
            switch record.severity {
            case .information: (9, "INFO")
            case .warning: (13, "WARN")
            case .error: (17, "ERROR")
            case .emergency: (21, "FATAL")
            }
        json.object { json in
            if let time = Self.nanoseconds(record.time) { json.member("timeUnixNano", String(time)) }
            json.member("observedTimeUnixNano", String(observed))
            json.member("severityNumber", number)
            json.member("severityText", word)
            json.member("eventName", record.isDecision ? Self.event : Self.noticeEvent)
            json.key("body")
            write(.bytes(record.text), &json)
            json.member("attributes", array: { json in
                write("log.record.uid", .text(record.identifier), &json)
                for attribute in record.attributes { write(Self.prefix + attribute.name, attribute.value, &json) }
            })
        }
    }

    private func write(_ name: String, _ value: RecordAttribute.Value, _ json: inout JSONWriter) {
        json.object { json in
            json.member("key", name)
            json.key("value")
            write(value, &json)
        }
    }

    private func write(_ value: RecordAttribute.Value, _ json: inout JSONWriter) {
        json.object { json in
            switch value {
            case .text(let text): json.member("stringValue", text)
            case .number(let number): json.member("intValue", String(number))
            case .bytes(let bytes):
                // What is no text is told as the bytes that it is.
                if let text = try? UTF8Span(validating: bytes.span) {
                    json.member("stringValue", String(copying: text))
                } else {
                    json.member("bytesValue", Base64.text(bytes))
                }
            case .list(let elements):
                json.member("arrayValue", object: { json in
                    json.member("values", array: { json in
                        for element in elements { write(.bytes(element), &json) }
                    })
                })
            }
        }
    }

    /// A date in nanoseconds; nil where it is none that OTLP has room for.
    private static func nanoseconds(_ time: LogTime) -> UInt64? {
        guard case .date(let date) = time, let microseconds = UInt64(exactly: date), microseconds > 0 else { return nil }
        let (result, overflows) = microseconds.multipliedReportingOverflow(by: 1_000)
        return overflows ? nil : result
    }
}
