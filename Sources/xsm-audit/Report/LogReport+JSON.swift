import AuditLog
import AuditReports
import Flask
import JSON
import LogFiles

extension LogReport {
    func write(_ json: inout JSONWriter) {
        json.object { json in
            json.member("version", 1)
            json.member("denied", Int(clamping: denied))
            json.member("granted", Int(clamping: granted))
            json.member("joined", Int(clamping: joined))
            json.member("untold", Int(clamping: tally.untold))
            json.member("logs", array: { json in for log in logs { json.object { Self.write(log, &$0) } } })
            json.member("groups", array: { json in for group in groups.prefix(shown) { json.object { write(group, &$0) } } })
            json.member("notices", array: { json in
                for kind in FlaskNotice.Kind.allCases {
                    guard let count = tally.noticeCounts[kind] else { continue }
                    json.object { json in
                        json.member("kind", kind.rawValue)
                        json.member("count", Int(clamping: count))
                        json.member("first", array: { json in for notice in tally.notices where notice.kind == kind { json.value(notice.text[...]) } })
                    }
                }
            })
            json.member("unread", array: { json in
                for (reason, count) in unread {
                    json.object { json in
                        json.member("reason", reason.rawValue)
                        json.member("count", Int(clamping: count))
                        json.member("first", array: { json in
                            for line in tally.unreadLines where line.reason == reason {
                                json.object { json in
                                    json.member("line", Int(clamping: line.line))
                                    json.member("text", line.text[...])
                                }
                            }
                        })
                    }
                }
            })
            Self.write("dates", tally.dates, &json)
            Self.write("starts", tally.starts, &json)
        }
    }

    private static func write(_ log: Logs.Summary, _ json: inout JSONWriter) {
        json.member("path", log.path)
        json.member("bytes", Int(clamping: log.counts.bytes))
        json.member("lines", Int(clamping: log.counts.lines))
        json.member("decisions", Int(clamping: log.counts.decisions))
        json.member("release", log.release?.description)
        json.member("starts", log.boots + 1)
        json.member("failure", log.failure?.message)
    }

    private static func write(_ key: String, _ axis: TimeAxis?, _ json: inout JSONWriter) {
        guard let axis else { return }
        json.member(key, object: { json in
            json.member("first", Int(axis.start))
            json.member("width", Int(axis.width))
            json.member("count", TimeAxis.count)
        })
    }

    private func write(_ group: DenialGroup, _ json: inout JSONWriter) {
        json.member("verdict", group.verdict.rawValue)
        json.member("source", group.source.bytes[...])
        json.member("target", group.target.bytes[...])
        json.member("class", group.objectClass.bytes[...])
        json.member("count", Int(clamping: group.count))
        json.member("permissions", array: { json in
            for permission in group.permissions {
                json.object { json in
                    json.member("name", permission.name.bytes[...])
                    json.member("count", Int(clamping: permission.count))
                }
            }
        })
        json.member("first", object: { write(group.first, &$0) })
        json.member("last", object: { write(group.last, &$0) })
        json.member("domains", array: { json in
            for domains in group.domains {
                json.object { json in
                    write("source", domains.pair.source, &json)
                    write("target", domains.pair.target, &json)
                    json.member("count", Int(clamping: domains.count))
                }
            }
        })
        json.member("otherDomains", Int(clamping: group.otherDomains))
        json.member("objects", array: { json in for object in group.objects { json.value(object.words) } })
        json.member("moreObjects", group.hasMoreObjects)
        json.member("hosts", array: { json in for host in group.hosts { json.value(host[...]) } })
        Self.write("dateCounts", group.dateCounts, &json)
        Self.write("startCounts", group.startCounts, &json)
        json.member("contexts", array: { json in for cell in group.cells { json.object { write(cell, &$0) } } })
    }

    private static func write(_ key: String, _ counts: [UInt32], _ json: inout JSONWriter) {
        guard !counts.isEmpty else { return }
        json.member(key, array: { json in for count in counts { json.value(Int(count)) } })
    }

    func write(_ key: String, _ domain: DomainIdentifier?, _ json: inout JSONWriter) {
        guard let domain else { return }
        json.member(key, Int(domain.rawValue))
        if let name = names[domain] { json.member(key + "Name", name[...]) }
    }

    func write(_ sight: DenialCell.Sight, _ json: inout JSONWriter) {
        json.member("log", sight.log < logs.count ? logs[sight.log].path : nil)
        json.member("line", Int(clamping: sight.line))
        json.member("start", sight.boot + 1)
        if let timestamp = sight.time.timestamp { json.member("time", timestamp) }
        if case .sinceStart(let time) = sight.time {
            json.key("sinceStart")
            json.value(Double(time) / 1_000_000)
        }
    }

    private func write(_ cell: DenialCell, _ json: inout JSONWriter) {
        json.member("source", Self.bytes(cell.record.source)[...])
        json.member("target", Self.bytes(cell.record.target)[...])
        json.member("permissions", array: { json in for name in cell.record.permissions { json.value(name.bytes[...]) } })
        if cell.record.unnamedPermissions != 0 { json.member("unnamedPermissions", Int(cell.record.unnamedPermissions)) }
        json.member("count", Int(clamping: cell.count))
    }

    /// A context as a line has it.
    static func bytes(_ context: AuditRecord.Context) -> [UInt8] {
        switch context {
        case .text(let text): text
        case .identifier(let sid): Array("sid \(Int32(bitPattern: sid.rawValue))".utf8)
        }
    }
}
